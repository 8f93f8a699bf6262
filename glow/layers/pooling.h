// Maxima and means over windows of feature maps.
#pragma once

#include "glow/core/fields.h"
#include "glow/layers/argument.h"
#include "glow/layers/extent.h"
#include "glow/layers/layer.h"

namespace glow {

struct MaxPoolOptions {
  Extent stride = 0;
  Extent padding = 0;

  static constexpr auto fields() {
    using O = MaxPoolOptions;
    return std::tuple{Field{"stride", &O::stride, "step between windows; 0: the size of a window"},
                      Field{"padding", &O::padding,
                            "put on either side, at most half a window; never a maximum"}};
  }
};

struct AvgPoolOptions {
  Extent stride = 0;
  Extent padding = 0;
  bool count_include_pad = true;

  static constexpr auto fields() {
    using O = AvgPoolOptions;
    return std::tuple{
        Field{"stride", &O::stride, "step between windows; 0: the size of a window"},
        Field{"padding", &O::padding, "zeros on either side, at most half a window"},
        Field{"count_include_pad", &O::count_include_pad, "whether these zeros count in a mean"}};
  }
};

/// What all pooling layers share: (n, channels, …) to the same with each size
/// ⌊(size + 2 padding − pool_size)/stride⌋ + 1.
class Pooling : public Layer {
 public:
  static constexpr auto arguments() {
    return std::tuple{
        Argument<Extent>{"pool_size", "size of a window: a number or one a dimension"}};
  }

 protected:
  Pooling(const std::string& type, size_t dimensions, const Extent& pool_size, const Extent& stride,
          const Extent& padding);
  Shape build(const BuildContext& context) override;

  size_t dimensions() const { return pool_size_.size(); }

  std::vector<int64_t> pool_size_, stride_, padding_;
};

class MaxPooling : public Pooling {
 public:
  using Options = MaxPoolOptions;

 protected:
  MaxPooling(size_t dimensions, const Extent& pool_size, const MaxPoolOptions& options);
  Tensor forward(const Tensor& x) override;
};

class AvgPooling : public Pooling {
 public:
  using Options = AvgPoolOptions;

 protected:
  AvgPooling(size_t dimensions, const Extent& pool_size, const AvgPoolOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  bool count_include_pad_;
};

/// (n, channels, length).
class MaxPool1d : public MaxPooling {
 public:
  explicit MaxPool1d(const Extent& pool_size, const MaxPoolOptions& options = {})
      : MaxPooling(1, pool_size, options) {}
};

/// (n, channels, height, width): `MaxPool2d(2)` halves both sizes.
class MaxPool2d : public MaxPooling {
 public:
  explicit MaxPool2d(const Extent& pool_size, const MaxPoolOptions& options = {})
      : MaxPooling(2, pool_size, options) {}
};

/// (n, channels, depth, height, width).
class MaxPool3d : public MaxPooling {
 public:
  explicit MaxPool3d(const Extent& pool_size, const MaxPoolOptions& options = {})
      : MaxPooling(3, pool_size, options) {}
};

/// (n, channels, length).
class AvgPool1d : public AvgPooling {
 public:
  explicit AvgPool1d(const Extent& pool_size, const AvgPoolOptions& options = {})
      : AvgPooling(1, pool_size, options) {}
};

/// (n, channels, height, width).
class AvgPool2d : public AvgPooling {
 public:
  explicit AvgPool2d(const Extent& pool_size, const AvgPoolOptions& options = {})
      : AvgPooling(2, pool_size, options) {}
};

/// (n, channels, depth, height, width).
class AvgPool3d : public AvgPooling {
 public:
  explicit AvgPool3d(const Extent& pool_size, const AvgPoolOptions& options = {})
      : AvgPooling(3, pool_size, options) {}
};

}  // namespace glow
