// Batch and layer normalization.
#pragma once

#include <optional>

#include "glow/core/fields.h"
#include "glow/layers/argument.h"
#include "glow/layers/layer.h"

namespace glow {

struct BatchNormOptions {
  double eps = 1e-5;
  double momentum = 0.1;
  bool affine = true;

  static constexpr auto fields() {
    using O = BatchNormOptions;
    return std::tuple{Field{"eps", &O::eps, "added to the variance"},
                      Field{"momentum", &O::momentum, "share of the newest batch, as torch has it"},
                      Field{"affine", &O::affine, "whether scale and shift are learned"}};
  }
};

/// What BatchNorm1d, 2d and 3d share: (x − mean)/√(variance + eps) · weight + bias of each channel,
/// over batch and places. In training with the batch's own mean and variance, which makes what an
/// example becomes depend on the others; in evaluation with their running means (`running_mean`,
/// `running_var`). After a layer with parameters it belongs to that layer's representation.
/// `momentum` is torch's: Keras' is one minus it.
///
/// Ioffe and Szegedy 2015, algorithm 1.
class BatchNorm : public Layer {
 public:
  using Options = BatchNormOptions;
  bool amends() const override { return true; }
  static constexpr auto arguments() { return std::tuple<>{}; }

 protected:
  BatchNorm(size_t dimensions, const BatchNormOptions& options);
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  size_t dimensions_;
  BatchNormOptions options_;
  Tensor weight_, bias_, running_mean_, running_var_;
};

/// (n, features) or (n, channels, length).
class BatchNorm1d : public BatchNorm {
 public:
  explicit BatchNorm1d(const BatchNormOptions& options = {}) : BatchNorm(1, options) {}
};

/// (n, channels, height, width).
class BatchNorm2d : public BatchNorm {
 public:
  explicit BatchNorm2d(const BatchNormOptions& options = {}) : BatchNorm(2, options) {}
};

/// (n, channels, depth, height, width).
class BatchNorm3d : public BatchNorm {
 public:
  explicit BatchNorm3d(const BatchNormOptions& options = {}) : BatchNorm(3, options) {}
};

struct LayerNormOptions {
  std::optional<int64_t> dimensions = {};
  double eps = 1e-5;
  bool affine = true;

  static constexpr auto fields() {
    using O = LayerNormOptions;
    return std::tuple{Field{"dimensions", &O::dimensions,
                            "how many of the last ones; all of an example if absent"},
                      Field{"eps", &O::eps, "added to the variance"},
                      Field{"affine", &O::affine, "whether scale and shift are learned"}};
  }
};

/// (x − mean)/√(variance + eps) · weight + bias of each example by itself, over all its elements or
/// its last dimensions; `weight` and `bias` have their shape. The same in training and evaluation.
/// After a layer with parameters it belongs to that layer's representation.
///
/// Ba, Kiros and Hinton 2016, eq. 3 and 4.
class LayerNorm : public Layer {
 public:
  using Options = LayerNormOptions;
  explicit LayerNorm(const LayerNormOptions& options = {});
  bool amends() const override { return true; }
  static constexpr auto arguments() { return std::tuple<>{}; }

 protected:
  Shape build(const BuildContext& context) override;
  Tensor forward(const Tensor& x) override;

 private:
  LayerNormOptions options_;
  Shape normalized_;
  Tensor weight_, bias_;
};

}  // namespace glow
