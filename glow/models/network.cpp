#include "glow/models/network.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <type_traits>
#include <unordered_set>

#include "glow/core/console.h"
#include "glow/core/device.h"
#include "glow/core/stop.h"
#include "glow/datasets/splits.h"
#include "glow/io/safetensors.h"
#include "glow/layers/recorder.h"
#include "glow/models/summary.h"
#include "glow/training/callbacks.h"

namespace glow {
namespace {

// f() in evaluation mode without graph. Switching walks all modules, so only where needed. No
// destructor switches back: a module of a user's own may throw there.
template <class F>
std::invoke_result_t<F> in_evaluation(torch::nn::Module& module, F f) {
  const at::NoGradGuard no_grad;
  if (!module.is_training()) return f();
  try {
    module.eval();
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      f();
      module.train();
    } else {
      auto out = f();
      module.train();
      return out;
    }
  } catch (...) {
    try {
      module.train();
    } catch (...) {  // NOLINT: the first failure is the one to tell of
    }
    throw;
  }
}

// Layers may share parameters: each once.
std::vector<Tensor> distinct(const std::vector<Tensor>& parameters) {
  std::vector<Tensor> out;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& parameter : parameters) {
    if (seen.insert(parameter.unsafeGetTensorImpl()).second) out.push_back(parameter);
  }
  return out;
}

}  // namespace

Network::Network(Shape input_shape, const NetworkOptions& options)
    : input_shape_(std::move(input_shape)),
      seed_(options.seed),
      clock_(std::make_shared<StreamClock>()) {
  if (input_shape_.empty() ||
      std::any_of(input_shape_.begin(), input_shape_.end(), [](int64_t d) { return d < 1; })) {
    throw ValueError("an input shape has positive sizes, got {}", to_string(input_shape_));
  }
  clock_->seed = static_cast<uint64_t>(seed_);
  context_.input = input_shape_;
  context_.clock = clock_;
  context_.device = parse_device(options.device);
}

Layer& Network::add(LayerPtr layer) {
  if (!layer) throw ValueError("add: a null layer");
  add_layer(layer);
  return *layer;
}

void Network::add_layer(const LayerPtr& layer) {
  if (layer->built()) {
    throw StateError("layer '{}' is part of a network already", layer->label());
  }
  int64_t& number = numbers_[layer->type()];
  layer->set_label(layer_name(*layer, number + 1));
  added(*layer);
  ++number;
  register_module(layer->label(), layer);
  layers_.push_back(layer);
  stepper_.reset();
  compiled_.reset();
}

void Network::build() {
  const bool done = built_ && std::all_of(layers_.begin(), layers_.end(),
                                          [](const LayerPtr& layer) { return layer->built(); });
  if (done) return;
  if (layers_.empty()) throw StateError("the network has no layers: add some first");
  Shape batch{2};
  batch.insert(batch.end(), input_shape_.begin(), input_shape_.end());
  in_evaluation(*this, [&] {
    const BuildScope scope(context_);
    forward(at::zeros(batch, at::device(context_.device)));
  });
  for (const auto& layer : layers_) {
    if (!layer->built()) {
      throw StateError("layer '{}' was added, but forward does not run it", layer->label());
    }
  }
  built_ = true;
}

void Network::compile(CompileOptions options) {
  build();
  if (!options.loss) throw ValueError("compile: a loss is needed");
  std::vector<Tensor> trainable;
  for (auto& parameter : distinct(parameters())) {
    if (parameter.requires_grad()) trainable.push_back(parameter);
  }
  if (trainable.empty()) throw StateError("the network has no parameters to train");
  check_names(options.metrics);
  stepper_ = options.optimizer.get()->make(std::move(trainable));
  compiled_ = std::move(options);
}

void Network::require_compiled(const char* what) const {
  if (!compiled_) throw StateError("{} needs a loss and an optimizer: call compile first", what);
}

const History& Network::fit(const Tensor& x, const Tensor& y, const FitOptions& options) {
  LoadOptions split;
  split.batch_size = options.batch_size;
  split.validation_split = options.validation_data ? 0 : options.validation_split;
  split.shuffle = options.shuffle;
  split.seed = seed_;
  Dataset data = dataset_of(x, y);
  std::optional<Dataset> held_out;
  if (options.validation_data) {
    held_out = dataset_of(options.validation_data->first, options.validation_data->second);
    held_out->classes = data.classes = std::max(data.classes, held_out->classes);
  }
  Loaders loaders = make_loaders(std::move(data), std::move(held_out), split);
  Loader& validation = options.validation_data ? loaders.test : loaders.validation;
  return fit_generator(loaders.train, validation, options.epochs,
                       {options.verbose, options.callbacks});
}

const History& Network::fit_generator(BatchSource& train, int64_t epochs,
                                      const GeneratorOptions& options) {
  Loader none;
  return fit_generator(train, none, epochs, options);
}

const History& Network::fit_generator(BatchSource& train, BatchSource& validation, int64_t epochs,
                                      const GeneratorOptions& options) {
  require_compiled("fit");
  const at::AutoGradMode gradients(true);  // whatever the caller has set
  classes = train.classes();
  LoopOptions loop{.epochs = epochs, .metrics = compiled_->metrics};
  const auto guard = std::make_shared<TerminateOnNaN>();
  loop.callbacks = own_callbacks();
  loop.callbacks.insert(loop.callbacks.begin(), guard);
  loop.callbacks.insert(loop.callbacks.end(), options.callbacks.begin(), options.callbacks.end());
  if (options.verbose > 0) loop.callbacks.push_back(std::make_shared<Progress>());
  glow::train(*this, train, validation, loop, result_);
  if (guard->terminated()) warn(result_.why);
  return result_.history;
}

Logs Network::evaluate(BatchSource& data) {
  require_compiled("evaluate");
  const int64_t trained_on = classes;
  if (classes == 0) classes = data.classes();
  Logs logs = glow::evaluate(*this, data, compiled_->metrics);
  classes = trained_on;
  return logs;
}

Logs Network::evaluate(const Tensor& x, const Tensor& y, int64_t batch_size) {
  Loader loader(dataset_of(x, y), {.batch_size = batch_size});
  return evaluate(loader);
}

Tensor Network::predict(const Tensor& x, int64_t batch_size) {
  if (batch_size < 1) throw ValueError("batch_size must be at least 1, got {}", batch_size);
  if (x.dim() == 0 || x.size(0) == 0) throw ValueError("predict: x has no examples");
  build();
  return in_evaluation(*this, [&] {
    std::vector<Tensor> outputs;
    for (int64_t i = 0; i < x.size(0); i += batch_size) {
      check_stop();
      outputs.push_back(run(x.slice(0, i, i + batch_size), {}).prediction.cpu());
    }
    return at::cat(outputs);
  });
}

Forward Network::run(const Tensor& x, const Tensor& y) {
  if (x.dim() == 0 || x.sizes().slice(1) != at::IntArrayRef(input_shape_)) {
    throw ValueError("the network takes inputs of {}, got {}", to_string(input_shape_),
                     x.dim() == 0 ? "()" : to_string(x.sizes().slice(1).vec()));
  }
  Recorder recorder;
  Forward forward_pass;
  forward_pass.segment.x = x.to(context_.device, context_.dtype);
  forward_pass.prediction = forward(forward_pass.segment.x);
  forward_pass.logits = recorder.logits_of(forward_pass.prediction);
  forward_pass.sigmoid = recorder.is_sigmoid(forward_pass.prediction);
  forward_pass.segment.layers = std::move(recorder.layers());
  forward_pass.segment.deterministic = recorder.deterministic();
  forward_pass.segment.classes = y.defined() && y.is_floating_point() ? 0 : classes;
  if (y.defined()) forward_pass.segment.y = y.to(context_.device);
  return forward_pass;
}

Pass Network::train_step(const Batch& batch, int64_t step) {
  require_compiled("a training step");
  clock_->step = step;
  if (!is_training()) train();
  Pass pass{run(batch.x, batch.y), 0};
  const Tensor loss = compiled_->loss(pass.forward);
  if (loss.dim() != 0) {
    throw ValueError("a loss gives one number, got shape ({})", fmt::join(loss.sizes(), ", "));
  }
  stepper_->zero_grad();
  loss.backward();
  reduce_gradients();
  stepper_->step();
  pass.loss = loss.item<double>();
  return pass;
}

Pass Network::test_step(const Batch& batch) {
  require_compiled("evaluation");
  return in_evaluation(*this, [&] {
    Pass pass{run(batch.x, batch.y), 0};
    pass.loss = compiled_->loss(pass.forward).item<double>();
    return pass;
  });
}

Segment Network::observe(const Tensor& x, const Tensor& y) {
  build();
  return in_evaluation(*this, [&] { return run(x, y).segment; });
}

int64_t Network::parameter_count() {
  build();
  int64_t count = 0;
  for (const auto& parameter : distinct(parameters())) count += parameter.numel();
  return count;
}

NamedTensors Network::weights() const {
  NamedTensors out;
  for (const auto& item : named_parameters()) out.emplace_back(item.key(), item.value());
  for (const auto& item : named_buffers()) out.emplace_back(item.key(), item.value());
  return out;
}

void Network::load_weights(const NamedTensors& given) {
  build();
  const at::NoGradGuard no_grad;
  const NamedTensors own = weights();
  for (const auto& [name, tensor] : given) {
    const bool known = std::any_of(own.begin(), own.end(),
                                   [&name = name](const auto& item) { return item.first == name; });
    if (!known) throw ValueError("the weights have '{}', the network has not", name);
  }
  for (const auto& [name, tensor] : own) {
    const auto it = std::find_if(given.begin(), given.end(),
                                 [&name = name](const auto& item) { return item.first == name; });
    if (it == given.end()) throw ValueError("the weights lack '{}'", name);
    if (it->second.sizes() != tensor.sizes() || it->second.scalar_type() != tensor.scalar_type()) {
      throw ValueError("'{}' is {} ({}) in the weights, {} ({}) in the network", name,
                       c10::toString(it->second.scalar_type()), fmt::join(it->second.sizes(), ", "),
                       c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ", "));
    }
  }
  for (const auto& [name, tensor] : own) {
    const auto it = std::find_if(given.begin(), given.end(),
                                 [&name = name](const auto& item) { return item.first == name; });
    tensor.copy_(it->second);
  }
}

NamedTensors Network::optimizer_state() const {
  return stepper_ ? stepper_->state() : NamedTensors{};
}

std::string Network::summary() {
  build();
  return summary_table(type_name(*this), layers_);
}

void Network::save(const std::string& path) const {
  io::write_safetensors(path, {weights(), {{"format", "pt"}}});
}

void Network::load(const std::string& path) {
  const io::TensorFile file = io::read_safetensors(path);
  try {
    load_weights(file.tensors);
  } catch (const ValueError& error) {
    throw DataError("{}: {}", path, error.what());
  }
}

}  // namespace glow
