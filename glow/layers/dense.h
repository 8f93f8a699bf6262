// Fully connected layer.
#pragma once

#include "glow/core/fields.h"
#include "glow/layers/activations.h"
#include "glow/layers/initializers.h"

namespace glow {

struct DenseOptions {
  std::string activation = "linear";
  bool use_bias = true;
  std::string kernel_initializer = "default";
  std::string bias_initializer = "default";

  static constexpr auto fields() {
    using O = DenseOptions;
    return std::tuple{Field{"activation", &O::activation, "what the result goes through"},
                      Field{"use_bias", &O::use_bias, "whether a bias is added"},
                      Field{"kernel_initializer", &O::kernel_initializer, "how the weights begin"},
                      Field{"bias_initializer", &O::bias_initializer, "how the bias begins"}};
  }
};

/// activation(x Wᵀ + b): (n, …, d) to (n, …, units). `weight` is (units, d), `bias` (units).
/// softmax and log_softmax are over the units.
class Dense : public Layer {
 public:
  using Options = DenseOptions;
  explicit Dense(int64_t units, const DenseOptions& options = {});

  static constexpr auto arguments() {
    return std::tuple{Argument<int64_t>{"units", "how many outputs"}};
  }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  int64_t units_;
  bool use_bias_;
  ActivationFunction activation_;
  Initializer kernel_initializer_, bias_initializer_;
  Tensor weight_, bias_;
};

}  // namespace glow
