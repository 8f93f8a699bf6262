#include "glow/layers/layer.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cctype>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"

namespace glow {
namespace {
thread_local const BuildContext* building = nullptr;
}

std::string to_string(const Shape& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

BuildContext BuildContext::inner(const std::string& child, Shape child_input) const {
  BuildContext context = *this;
  context.name = name.empty() ? child : name + "." + child;
  context.input = std::move(child_input);
  return context;
}

Stream BuildContext::stream(const std::string& purpose) const {
  return Stream(clock, name + "/" + purpose, device);
}

at::Generator BuildContext::initial(const std::string& parameter) const {
  return at::detail::createCPUGenerator(
      stream_seed(clock->seed, "init/" + name + "/" + parameter, 0, 0));
}

Layer::Layer(const Layer& other) : torch::nn::Module(other) {
  if (other.built_) {
    throw StateError("layer '{}' is built: a copy would share its parameters; make a new one",
                     other.label_);
  }
}

const Shape& Layer::prepare(const BuildContext& context) {
  if (built_) throw StateError("layer '{}' is built already", label_);
  output_ = build(context);
  to(context.device);
  train(is_training());  // children made in build begin in training mode
  label_ = context.name;
  has_parameters_ = !parameters().empty();
  built_ = true;
  return output_;
}

Tensor Layer::operator()(const Tensor& x) {
  if (!built_) {
    const BuildContext* network = BuildScope::current();
    if (!network) {
      throw StateError(
          "a {} layer is run before it was built; add it to a network, and call the "
          "network's build, compile or fit first",
          type());
    }
    if (label_.empty()) {
      throw StateError(
          "forward runs a {} layer that is no part of the network and would not be trained: add it "
          "with add, or register and prepare it in the build of the layer that has it",
          type());
    }
    prepare(network->inner(label_, x.sizes().slice(1).vec()));
  }
  Recorder* recorder = Recorder::current();
  if (!recorder) return forward(x);
  recorder->enter();
  Tensor output;
  try {
    output = forward(x);
  } catch (...) {
    recorder->abandon();
    throw;
  }
  recorder->leave(*this, x, output);
  return output;
}

std::string Layer::type() const {
  std::string full = torch::nn::Module::name();
  const auto colon = full.rfind("::");
  return colon == std::string::npos ? full : full.substr(colon + 2);
}

BuildScope::BuildScope(const BuildContext& network) : outer_(building) { building = &network; }
BuildScope::~BuildScope() { building = outer_; }
const BuildContext* BuildScope::current() { return building; }

std::string layer_name(const Layer& layer, int64_t number) {
  std::string name = layer.type();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return fmt::format("{}_{}", name, number);
}

}  // namespace glow
