#include "glow/layers/activations.h"

#include <ATen/ATen.h>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/layers/recorder.h"

namespace glow {

namespace {
Tensor sigmoid(const Tensor& z, int64_t) { return at::sigmoid(z); }
}  // namespace

struct ActivationFunction::Entry {
  const char* name;
  Tensor (*apply)(const Tensor& z, int64_t axis);
  bool has_logits = false;
  Tensor& (*in_place)(Tensor& z) = nullptr;
};

const std::vector<ActivationFunction::Entry>& ActivationFunction::entries() {
  static const std::vector<Entry> all = {
      {"linear", [](const Tensor& z, int64_t) { return z; }},
      {"relu", [](const Tensor& z, int64_t) { return at::relu(z); }, false, at::relu_},
      {"leaky_relu", [](const Tensor& z, int64_t) { return at::leaky_relu(z); }},
      {"elu", [](const Tensor& z, int64_t) { return at::elu(z); }},
      {"gelu", [](const Tensor& z, int64_t) { return at::gelu(z); }},
      {"sigmoid", sigmoid, true},
      {"tanh", [](const Tensor& z, int64_t) { return at::tanh(z); }},
      {"softplus", [](const Tensor& z, int64_t) { return at::softplus(z); }},
      {"softmax", [](const Tensor& z, int64_t axis) { return at::softmax(z, axis); }, true},
      {"log_softmax", [](const Tensor& z, int64_t axis) { return at::log_softmax(z, axis); }, true},
  };
  return all;
}

Tensor ActivationFunction::operator()(const Tensor& z, int64_t axis) const {
  Tensor out = entry_->apply(z, axis);
  if (entry_->has_logits) Recorder::note_logits(z, out, entry_->apply == sigmoid);
  return out;
}

Tensor ActivationFunction::consume(Tensor z, int64_t axis) const {
  // In place on a view, autograd would copy what the view is of.
  if (entry_->in_place && !z.is_view()) return entry_->in_place(z);
  return (*this)(z, axis);
}

std::string ActivationFunction::name() const { return entry_->name; }

ActivationFunction activation(const std::string& name) {
  for (const auto& entry : ActivationFunction::entries()) {
    if (entry.name == name) return ActivationFunction(&entry);
  }
  throw ValueError("unknown activation '{}'{}; known: {}", name,
                   did_you_mean(name, activation_names()), join(activation_names(), ", "));
}

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const auto& entry : ActivationFunction::entries()) names.emplace_back(entry.name);
  return names;
}

Activation::Activation(const std::string& activation) : activation_(glow::activation(activation)) {}

Shape Activation::build(const BuildContext& context) { return context.input; }

Tensor Activation::forward(const Tensor& x) { return activation_(x); }

}  // namespace glow
