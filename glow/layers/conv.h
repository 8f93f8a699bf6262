// Convolutions over one, two and three dimensions.
#pragma once

#include "glow/core/fields.h"
#include "glow/layers/activations.h"
#include "glow/layers/extent.h"
#include "glow/layers/initializers.h"

namespace glow {

struct ConvOptions {
  Extent stride = 1;
  Padding padding = 0;
  Extent dilation = 1;
  int64_t groups = 1;
  std::string activation = "linear";
  bool use_bias = true;
  std::string kernel_initializer = "default";
  std::string bias_initializer = "default";

  static constexpr auto fields() {
    using O = ConvOptions;
    return std::tuple{
        Field{"stride", &O::stride, "step between places of the kernel"},
        Field{"padding", &O::padding, "zeros on either side: numbers, \"same\" or \"valid\""},
        Field{"dilation", &O::dilation, "step between elements of the kernel"},
        Field{"groups", &O::groups, "parts that the channels are split into"},
        Field{"activation", &O::activation, "what the result goes through"},
        Field{"use_bias", &O::use_bias, "whether a bias is added"},
        Field{"kernel_initializer", &O::kernel_initializer, "how the weights begin"},
        Field{"bias_initializer", &O::bias_initializer, "how the bias begins"}};
  }
};

/// What Conv1d, Conv2d and Conv3d share. (n, channels, …) to (n, filters, …), each size becoming
/// ⌊(size + padding − dilation (kernel − 1) − 1)/stride⌋ + 1, `padding` that of both sides.
/// `weight` is (filters, channels/groups, kernel…), `bias` (filters). It is a cross-correlation, as
/// everywhere in the field.
class Convolution : public Layer {
 public:
  using Options = ConvOptions;

  static constexpr auto arguments() {
    return std::tuple{Argument<int64_t>{"filters", "how many output channels"},
                      Argument<Extent>{"kernel_size", "a number or one a dimension"}};
  }

 protected:
  Convolution(size_t dimensions, int64_t filters, const Extent& kernel_size,
              const ConvOptions& options);
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  Shape pad(const BuildContext& context);

  int64_t filters_, groups_;
  std::vector<int64_t> kernel_size_, stride_, padding_, dilation_;
  std::vector<int64_t> uneven_padding_;  // of "same", where the sides differ; as at::pad takes it
  bool same_, use_bias_;
  ActivationFunction activation_;
  Initializer kernel_initializer_, bias_initializer_;
  Tensor weight_, bias_;
};

/// (n, channels, length).
class Conv1d : public Convolution {
 public:
  Conv1d(int64_t filters, const Extent& kernel_size, const ConvOptions& options = {})
      : Convolution(1, filters, kernel_size, options) {}
};

/// (n, channels, height, width): `Conv2d(16, 3, {.padding = 1, .activation = "relu"})`.
class Conv2d : public Convolution {
 public:
  Conv2d(int64_t filters, const Extent& kernel_size, const ConvOptions& options = {})
      : Convolution(2, filters, kernel_size, options) {}
};

/// (n, channels, depth, height, width).
class Conv3d : public Convolution {
 public:
  Conv3d(int64_t filters, const Extent& kernel_size, const ConvOptions& options = {})
      : Convolution(3, filters, kernel_size, options) {}
};

}  // namespace glow
