#include "glow/layers/conv.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "glow/core/error.h"
#include "glow/layers/shapes.h"

namespace glow {

Convolution::Convolution(size_t dimensions, int64_t filters, const Extent& kernel_size,
                         const ConvOptions& options)
    : filters_(filters),
      groups_(options.groups),
      same_(options.padding.same()),
      use_bias_(options.use_bias),
      activation_(activation(options.activation)),
      kernel_initializer_(initializer(options.kernel_initializer)),
      bias_initializer_(initializer(options.bias_initializer)) {
  const std::string type = dimensional_name("Conv", dimensions);
  if (filters < 1) throw ValueError("{}: filters must be at least 1, got {}", type, filters);
  if (groups_ < 1 || filters % groups_ != 0) {
    throw ValueError("{}: groups must divide the {} filters, got {}", type, filters, groups_);
  }
  kernel_size_ = kernel_size.each(dimensions, 1, type + ": kernel_size");
  stride_ = options.stride.each(dimensions, 1, type + ": stride");
  dilation_ = options.dilation.each(dimensions, 1, type + ": dilation");
  padding_ = same_ ? std::vector<int64_t>(dimensions, 0)
                   : options.padding.extent().each(dimensions, 0, type + ": padding");
}

Shape Convolution::build(const BuildContext& context) {
  expect_feature_maps(context, type(), kernel_size_.size());
  const int64_t channels = context.input.front();
  if (channels % groups_ != 0) {
    throw ValueError("{}: groups must divide the {} channels of the input, got {}", context.name,
                     channels, groups_);
  }
  const Shape output = pad(context);

  Shape kernel{filters_, channels / groups_};
  kernel.insert(kernel.end(), kernel_size_.begin(), kernel_size_.end());
  const int64_t places = c10::multiply_integers(kernel_size_);
  const Fans fans{channels / groups_ * places, filters_ * places};
  weight_ = register_parameter("weight",
                               initial_value(context, "weight", kernel_initializer_, kernel, fans));
  if (use_bias_) {
    bias_ = register_parameter("bias",
                               initial_value(context, "bias", bias_initializer_, {filters_}, fans));
  }
  return output;
}

// Settles the padding of "same" and gives the output's shape.
Shape Convolution::pad(const BuildContext& context) {
  const size_t dimensions = kernel_size_.size();
  Shape output{filters_};
  std::vector<int64_t> before(padding_), after(padding_);
  for (size_t i = 0; i < dimensions; ++i) {
    const int64_t size = context.input[i + 1];
    if (same_) {
      const int64_t places = (size + stride_[i] - 1) / stride_[i];
      const int64_t spanned = (places - 1) * stride_[i] + dilation_[i] * (kernel_size_[i] - 1) + 1;
      const int64_t total = std::max<int64_t>(spanned - size, 0);
      before[i] = total / 2;
      after[i] = total - before[i];
    }
    output.push_back(window_places(context, type(), size, before[i] + after[i], kernel_size_[i],
                                   stride_[i], dilation_[i]));
  }
  padding_ = before;
  if (before != after) {
    std::fill(padding_.begin(), padding_.end(), 0);
    for (size_t i = dimensions; i-- > 0;) {
      uneven_padding_.insert(uneven_padding_.end(), {before[i], after[i]});
    }
  }
  return output;
}

Tensor Convolution::forward(const Tensor& x) {
  const std::vector<int64_t> none(kernel_size_.size(), 0);
  const Tensor padded = uneven_padding_.empty() ? x : at::constant_pad_nd(x, uneven_padding_);
  return activation_.consume(at::convolution(padded, weight_, bias_, stride_, padding_, dilation_,
                                             /*transposed=*/false, /*output_padding=*/none,
                                             groups_));
}

}  // namespace glow
