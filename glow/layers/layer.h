// The base of all layers: a description until it is built, a torch module afterwards.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "glow/core/random.h"

namespace glow {

using at::Tensor;
using Shape = std::vector<int64_t>;  // of one example, without the batch

/// "(16, 28, 28)".
std::string to_string(const Shape& shape);

/// What a layer is built for.
struct BuildContext {
  Shape input;
  std::string name;  // of the layer in its network; its random streams are called after it
  std::shared_ptr<const StreamClock> clock = std::make_shared<StreamClock>();
  c10::Device device = c10::kCPU;
  c10::ScalarType dtype = c10::kFloat;

  /// The same network, for a layer inside this one.
  BuildContext inner(const std::string& child, Shape child_input) const;
  /// A stream of this layer, for what it draws in training.
  Stream stream(const std::string& purpose) const;
  /// A CPU generator for initial values: the same on every device.
  at::Generator initial(const std::string& parameter) const;
};

/// A subclass writes `build`, which makes the parameters and says the output's shape, and
/// `forward`. Its constructor only configures. A layer that is built cannot be copied: copies would
/// share parameters.
class Layer : public torch::nn::Module {
 public:
  Layer() = default;
  Layer(const Layer& other);
  Layer(Layer&&) = default;
  Layer& operator=(const Layer&) = delete;
  ~Layer() override = default;

  /// Builds the layer, once. Gives the shape of its output. Throws StateError the second time.
  const Shape& prepare(const BuildContext& context);
  bool built() const { return built_; }
  const Shape& output_shape() const { return output_; }
  bool has_parameters() const { return has_parameters_; }
  /// Its name in the network: `dense_1`. Given by the network when it is added.
  const std::string& label() const { return label_; }
  void set_label(std::string label) { label_ = std::move(label); }

  /// Runs `forward` and reports the result to the Recorder of this thread, if there is one. A layer
  /// that was not built by its network is built here, while a network is being built.
  Tensor operator()(const Tensor& x);

  /// `Dense`: the class, without its namespace.
  virtual std::string type() const;

  /// True for activations and normalizations: where they follow a layer with parameters directly,
  /// they belong to its representation.
  virtual bool amends() const { return false; }

 protected:
  virtual Shape build(const BuildContext& context) = 0;
  virtual Tensor forward(const Tensor& x) = 0;

 private:
  std::string label_;
  Shape output_;
  bool built_ = false;
  bool has_parameters_ = false;
};

using LayerPtr = std::shared_ptr<Layer>;

/// While it lives, layers that are run for the first time on this thread are built for `network`:
/// so a user's own `forward` infers every shape.
class BuildScope {
 public:
  explicit BuildScope(const BuildContext& network);
  ~BuildScope();
  BuildScope(const BuildScope&) = delete;
  BuildScope& operator=(const BuildScope&) = delete;
  static const BuildContext* current();

 private:
  const BuildContext* outer_;
};

/// What a network calls its n-th layer of a type: dense_1, conv2d_1.
std::string layer_name(const Layer& layer, int64_t number);

}  // namespace glow
