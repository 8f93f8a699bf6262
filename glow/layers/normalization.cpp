#include "glow/layers/normalization.h"

#include <ATen/ATen.h>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"
#include "glow/layers/shapes.h"

namespace glow {
namespace {

// Negated so that NaN is refused too.
void require_positive(double eps, const std::string& type) {
  if (!(eps > 0)) throw ValueError("{}: eps must be positive, got {}", type, eps);
}

}  // namespace

BatchNorm::BatchNorm(size_t dimensions, const BatchNormOptions& options)
    : dimensions_(dimensions), options_(options) {
  const std::string type = dimensional_name("BatchNorm", dimensions);
  require_positive(options.eps, type);
  if (!(options.momentum >= 0 && options.momentum <= 1)) {
    throw ValueError("{}: momentum must be in [0, 1], got {}", type, options.momentum);
  }
}

Shape BatchNorm::build(const BuildContext& context) {
  const bool plain_features = dimensions_ == 1 && context.input.size() == 1;
  if (!plain_features) expect_feature_maps(context, type(), dimensions_);
  const int64_t channels = context.input.front();
  if (options_.affine) {
    weight_ = register_parameter("weight", at::ones(channels, context.dtype));
    bias_ = register_parameter("bias", at::zeros(channels, context.dtype));
  }
  running_mean_ = register_buffer("running_mean", at::zeros(channels, context.dtype));
  running_var_ = register_buffer("running_var", at::ones(channels, context.dtype));
  return context.input;
}

Tensor BatchNorm::forward(const Tensor& x) {
  if (is_training()) {
    if (x.numel() == x.size(1)) {
      throw ValueError("{}: in training a batch needs more than one value a channel, got {}",
                       label(), to_string(x.sizes().vec()));
    }
    Recorder::note_random();
  }
  return at::batch_norm(x, weight_, bias_, running_mean_, running_var_, is_training(),
                        options_.momentum, options_.eps, /*cudnn_enabled=*/true);
}

LayerNorm::LayerNorm(const LayerNormOptions& options) : options_(options) {
  require_positive(options.eps, "LayerNorm");
  if (options.dimensions.value_or(1) < 1) {
    throw ValueError("LayerNorm: dimensions must be at least 1, got {}", *options.dimensions);
  }
}

Shape LayerNorm::build(const BuildContext& context) {
  const auto all = static_cast<int64_t>(context.input.size());
  const int64_t last = options_.dimensions.value_or(all);
  if (all < 1 || last > all) {
    throw ValueError("{}: LayerNorm expects an input of at least {} dimensions, got {}",
                     context.name, std::max<int64_t>(last, 1), to_string(context.input));
  }
  normalized_.assign(context.input.end() - last, context.input.end());
  if (options_.affine) {
    weight_ = register_parameter("weight", at::ones(normalized_, context.dtype));
    bias_ = register_parameter("bias", at::zeros(normalized_, context.dtype));
  }
  return context.input;
}

Tensor LayerNorm::forward(const Tensor& x) {
  return at::layer_norm(x, normalized_, weight_, bias_, options_.eps);
}

}  // namespace glow
