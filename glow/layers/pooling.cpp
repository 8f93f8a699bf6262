#include "glow/layers/pooling.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "glow/core/error.h"
#include "glow/layers/shapes.h"

namespace glow {

Pooling::Pooling(const std::string& type, size_t dimensions, const Extent& pool_size,
                 const Extent& stride, const Extent& padding) {
  pool_size_ = pool_size.each(dimensions, 1, type + ": pool_size");
  stride_ = stride.each(dimensions, 0, type + ": stride");
  padding_ = padding.each(dimensions, 0, type + ": padding");
  for (size_t i = 0; i < dimensions; ++i) {
    if (stride_[i] == 0) stride_[i] = pool_size_[i];
    if (2 * padding_[i] > pool_size_[i]) {
      throw ValueError("{}: padding must be at most half of pool_size {}, got {}", type,
                       pool_size_[i], padding_[i]);
    }
  }
}

Shape Pooling::build(const BuildContext& context) {
  expect_feature_maps(context, type(), dimensions());
  Shape output{context.input.front()};
  for (size_t i = 0; i < dimensions(); ++i) {
    output.push_back(window_places(context, type(), context.input[i + 1], 2 * padding_[i],
                                   pool_size_[i], stride_[i]));
  }
  return output;
}

MaxPooling::MaxPooling(size_t dimensions, const Extent& pool_size, const MaxPoolOptions& options)
    : Pooling(dimensional_name("MaxPool", dimensions), dimensions, pool_size, options.stride,
              options.padding) {}

Tensor MaxPooling::forward(const Tensor& x) {
  if (dimensions() == 1) return at::max_pool1d(x, pool_size_, stride_, padding_);
  if (dimensions() == 2) return at::max_pool2d(x, pool_size_, stride_, padding_);
  return at::max_pool3d(x, pool_size_, stride_, padding_);
}

AvgPooling::AvgPooling(size_t dimensions, const Extent& pool_size, const AvgPoolOptions& options)
    : Pooling(dimensional_name("AvgPool", dimensions), dimensions, pool_size, options.stride,
              options.padding),
      count_include_pad_(options.count_include_pad) {}

Tensor AvgPooling::forward(const Tensor& x) {
  constexpr bool kRoundUp = false;
  if (dimensions() == 1) {
    return at::avg_pool1d(x, pool_size_, stride_, padding_, kRoundUp, count_include_pad_);
  }
  if (dimensions() == 2) {
    return at::avg_pool2d(x, pool_size_, stride_, padding_, kRoundUp, count_include_pad_);
  }
  return at::avg_pool3d(x, pool_size_, stride_, padding_, kRoundUp, count_include_pad_);
}

}  // namespace glow
