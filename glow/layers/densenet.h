// The two parts of a DenseNet.
#pragma once

#include "glow/core/fields.h"
#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

struct DenseBlockOptions {
  bool bottleneck = false;
  std::string kernel_initializer = "he_normal";

  static constexpr auto fields() {
    using O = DenseBlockOptions;
    return std::tuple{
        Field{"bottleneck", &O::bottleneck, "a 1×1 convolution to 4 growth_rate before each 3×3"},
        Field{"kernel_initializer", &O::kernel_initializer, "how the weights begin"}};
  }
};

/// `num_layers` times BN-ReLU-Conv3×3 of `growth_rate` filters, each on all that came before it:
/// (n, channels, height, width) to (n, channels + num_layers growth_rate, height, width). On the
/// information plane it is one layer.
///
/// Huang, Liu, van der Maaten and Weinberger 2017, §3; `bottleneck` is their DenseNet-B.
class DenseBlock : public Layer {
 public:
  using Options = DenseBlockOptions;
  DenseBlock(int64_t num_layers, int64_t growth_rate, const DenseBlockOptions& options = {});

  static constexpr auto arguments() {
    return std::tuple{Argument<int64_t>{"num_layers", "how many 3×3 convolutions"},
                      Argument<int64_t>{"growth_rate", "channels that each of them adds"}};
  }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  int64_t num_layers_, growth_rate_;
  DenseBlockOptions options_;
  std::vector<std::vector<LayerPtr>> steps_;
};

struct TransitionLayerOptions {
  double compression = 0.5;
  std::string kernel_initializer = "he_normal";

  static constexpr auto fields() {
    using O = TransitionLayerOptions;
    return std::tuple{Field{"compression", &O::compression, "share of the channels that is left"},
                      Field{"kernel_initializer", &O::kernel_initializer, "how the weights begin"}};
  }
};

/// BN-ReLU-Conv1×1 and the mean over 2×2, between two dense blocks: (n, channels, height, width) to
/// (n, ⌊compression channels⌋, ⌊height/2⌋, ⌊width/2⌋). On the information plane it is one layer.
///
/// Huang et al. 2017, §3; `compression` is their θ, 1 for none.
class TransitionLayer : public Layer {
 public:
  using Options = TransitionLayerOptions;
  explicit TransitionLayer(const TransitionLayerOptions& options = {});

  static constexpr auto arguments() { return std::tuple<>{}; }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  TransitionLayerOptions options_;
  LayerPtr convolution_, pool_;
};

}  // namespace glow
