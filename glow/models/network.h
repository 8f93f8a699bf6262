// A network: layers and a forward pass, with Keras' words for training it.
#pragma once

#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "glow/layers/layer.h"
#include "glow/training/callback.h"
#include "glow/training/loop.h"
#include "glow/training/losses.h"
#include "glow/training/optimizers.h"

namespace glow {

struct NetworkOptions {
  std::string device = "auto";
  int64_t seed = 0;  // of initial values, dropout and noise
};

struct CompileOptions {
  OptimizerChoice optimizer = "SGD";
  Loss loss = "cross_entropy";
  std::vector<Metric> metrics = {};
};

struct FitOptions {
  int64_t batch_size = 32;
  int64_t epochs = 1;
  double validation_split = 0;  // a random share, drawn once
  std::optional<std::pair<Tensor, Tensor>> validation_data = {};
  bool shuffle = true;
  int verbose = 1;  // 0: no progress
  std::vector<CallbackPtr> callbacks = {};
};

struct GeneratorOptions {
  int verbose = 1;
  std::vector<CallbackPtr> callbacks = {};
};

/// Subclass it, `add` layers in the constructor, write `forward`:
///
///   class Branches : public Network {
///    public:
///     Branches() : Network({12}), left_(add(Dense(8))), right_(add(Dense(8))), out_(add(Dense(2)))
///     {} Tensor forward(const Tensor& x) override { return out_(at::cat({left_(x), right_(x)},
///     1)); }
///    private:
///     Layer &left_, &right_, &out_;
///   };
///
/// Shapes are inferred by one pass over zeros, at the latest in `compile`.
class Network : public torch::nn::Module, public Trainable {
 public:
  explicit Network(Shape input_shape, const NetworkOptions& options = {});

  virtual Tensor forward(const Tensor& x) = 0;

  /// Takes the layer and gives it back, named: dense_1, conv2d_1, …
  template <std::derived_from<Layer> L>
  L& add(L layer) {
    auto owned = std::make_shared<L>(std::move(layer));
    add_layer(owned);
    return *owned;
  }
  Layer& add(LayerPtr layer);

  /// Makes the parameters of layers that have none yet. Nothing where all are built.
  void build();

  void compile(CompileOptions options = {});

  /// Trains on x (n, ...) and y: class numbers (n) of an integer type, or targets (n, d).
  const History& fit(const Tensor& x, const Tensor& y, const FitOptions& options = {});
  const History& fit_generator(BatchSource& train, BatchSource& validation, int64_t epochs = 1,
                               const GeneratorOptions& options = {});
  const History& fit_generator(BatchSource& train, int64_t epochs = 1,
                               const GeneratorOptions& options = {});

  /// Loss and metrics in evaluation mode: {{"loss", 0.1}, {"accuracy", 0.97}}.
  Logs evaluate(BatchSource& data);
  Logs evaluate(const Tensor& x, const Tensor& y, int64_t batch_size = 256);

  /// The output for x (n, ...), in evaluation mode, on the CPU.
  Tensor predict(const Tensor& x, int64_t batch_size = 256);

  /// Keras' table of layers, output shapes and parameters.
  std::string summary();

  /// Weights as safetensors, which Python's `safetensors.torch.load_file` reads.
  void save(const std::string& path) const;
  void load(const std::string& path);

  const History& history() const { return result_.history; }
  /// How the last fit ended; `why` says more where a callback stopped it.
  const LoopResult& result() const { return result_; }
  const Shape& input_shape() const { return input_shape_; }
  const std::vector<LayerPtr>& layers() const { return layers_; }
  c10::Device device() const { return context_.device; }
  int64_t parameter_count();
  int64_t seed() const { return seed_; }

  Pass train_step(const Batch& batch, int64_t step) override;
  Pass test_step(const Batch& batch) override;
  Segment observe(const Tensor& x, const Tensor& y) override;
  NamedTensors weights() const override;
  void load_weights(const NamedTensors& weights) override;
  NamedTensors optimizer_state() const override;

 protected:
  /// Called with the gradients of a step: the place for sums over processes.
  virtual void reduce_gradients() {}
  /// Callbacks that the model itself adds to a training; IBSequential's tracker.
  virtual std::vector<CallbackPtr> own_callbacks() { return {}; }
  /// What happens to a layer that was added, already named.
  virtual void added(Layer&) {}

  const BuildContext& context() const { return context_; }

 private:
  void add_layer(const LayerPtr& layer);
  Forward run(const Tensor& x, const Tensor& y);
  void require_compiled(const char* what) const;

  Shape input_shape_;
  int64_t seed_;
  std::shared_ptr<StreamClock> clock_;
  BuildContext context_;
  std::vector<LayerPtr> layers_;
  std::map<std::string, int64_t> numbers_;  // layers of each type so far
  bool built_ = false;

  std::optional<CompileOptions> compiled_;
  std::unique_ptr<Stepper> stepper_;
  LoopResult result_;
};

}  // namespace glow
