// Activation functions by name.
#pragma once

#include <string>
#include <vector>

#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

/// One of `activation_names`: a cheap value that layers keep and call.
class ActivationFunction {
 public:
  /// What the function is applied to (n, …), element by element; softmax and log_softmax over
  /// dimension `axis`, the channels of feature maps by default. softmax, log_softmax and sigmoid
  /// tell the Recorder their logits.
  Tensor operator()(const Tensor& z, int64_t axis = 1) const;

  /// The same for a fresh result of the caller that nobody else holds and that no gradient needs:
  /// relu then works in its memory.
  Tensor consume(Tensor z, int64_t axis = 1) const;

  std::string name() const;

 private:
  struct Entry;
  static const std::vector<Entry>& entries();
  explicit ActivationFunction(const Entry* entry) : entry_(entry) {}

  const Entry* entry_;

  friend ActivationFunction activation(const std::string& name);
  friend std::vector<std::string> activation_names();
};

/// linear, relu, leaky_relu (slope 0.01 below zero, as torch), elu (α = 1), gelu (exact), sigmoid,
/// tanh, softplus, softmax, log_softmax. Throws ValueError, naming the nearest, on another name.
ActivationFunction activation(const std::string& name);

std::vector<std::string> activation_names();

/// An activation function as a layer. After a layer with parameters it belongs to that layer's
/// representation. Any shape; softmax and log_softmax over the first dimension of an example.
class Activation : public Layer {
 public:
  explicit Activation(const std::string& activation);
  bool amends() const override { return true; }

  static constexpr auto arguments() {
    return std::tuple{Argument<std::string>{"activation", "its name, relu for one"}};
  }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  ActivationFunction activation_;
};

}  // namespace glow
