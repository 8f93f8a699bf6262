#include "glow/layers/densenet.h"

#include <ATen/ATen.h>

#include <cmath>

#include "glow/core/error.h"
#include "glow/layers/conv.h"
#include "glow/layers/initializers.h"
#include "glow/layers/normalization.h"
#include "glow/layers/pooling.h"
#include "glow/layers/shapes.h"

namespace glow {
namespace {

// BN-ReLU-Conv, the composite function H of the paper; it keeps height and width.
class NormReluConv : public Layer {
 public:
  NormReluConv(int64_t filters, int64_t kernel_size, const std::string& kernel_initializer)
      : norm_(std::make_shared<BatchNorm2d>()),
        conv_(std::make_shared<Conv2d>(
            filters, kernel_size,
            ConvOptions{
                .padding = "same", .use_bias = false, .kernel_initializer = kernel_initializer})) {}

 protected:
  Shape build(const BuildContext& context) override {
    register_module("norm", norm_)->prepare(context.inner("norm", context.input));
    return register_module("conv", conv_)->prepare(context.inner("conv", context.input));
  }
  Tensor forward(const Tensor& x) override {
    Tensor normalized = (*norm_)(x);
    return (*conv_)(at::relu_(normalized));
  }

 private:
  std::shared_ptr<BatchNorm2d> norm_;
  std::shared_ptr<Conv2d> conv_;
};

}  // namespace

DenseBlock::DenseBlock(int64_t num_layers, int64_t growth_rate, const DenseBlockOptions& options)
    : num_layers_(num_layers), growth_rate_(growth_rate), options_(options) {
  if (num_layers < 1) {
    throw ValueError("DenseBlock: num_layers must be at least 1, got {}", num_layers);
  }
  if (growth_rate < 1) {
    throw ValueError("DenseBlock: growth_rate must be at least 1, got {}", growth_rate);
  }
  initializer(options.kernel_initializer);
}

Shape DenseBlock::build(const BuildContext& context) {
  expect_feature_maps(context, type(), 2);
  Shape shape = context.input;
  for (int64_t i = 1; i <= num_layers_; ++i) {
    Shape inside = shape;
    std::vector<LayerPtr> step;
    const auto append = [&](const char* kind, int64_t filters, int64_t kernel_size) {
      const std::string name = fmt::format("{}_{}", kind, i);
      step.push_back(register_module(
          name, std::make_shared<NormReluConv>(filters, kernel_size, options_.kernel_initializer)));
      inside = step.back()->prepare(context.inner(name, inside));
    };
    if (options_.bottleneck) append("bottleneck", 4 * growth_rate_, 1);
    append("growth", growth_rate_, 3);
    steps_.push_back(std::move(step));
    shape.front() += growth_rate_;
  }
  return shape;
}

Tensor DenseBlock::forward(const Tensor& x) {
  Tensor all = x;
  for (const auto& step : steps_) {
    Tensor added = all;
    for (const auto& layer : step) added = (*layer)(added);
    all = at::cat({all, added}, 1);
  }
  return all;
}

TransitionLayer::TransitionLayer(const TransitionLayerOptions& options) : options_(options) {
  if (!(options.compression > 0 && options.compression <= 1)) {
    throw ValueError("TransitionLayer: compression must be above 0 and at most 1, got {}",
                     options.compression);
  }
  initializer(options.kernel_initializer);
}

Shape TransitionLayer::build(const BuildContext& context) {
  expect_feature_maps(context, type(), 2);
  const int64_t channels = context.input.front();
  const auto filters =
      static_cast<int64_t>(std::floor(options_.compression * static_cast<double>(channels)));
  if (filters < 1) {
    throw ValueError("{}: compression {} leaves none of {} channels", context.name,
                     options_.compression, channels);
  }
  convolution_ = register_module(
      "convolution", std::make_shared<NormReluConv>(filters, 1, options_.kernel_initializer));
  pool_ = register_module("pool", std::make_shared<AvgPool2d>(2));
  const Shape& inside = convolution_->prepare(context.inner("convolution", context.input));
  pool_->prepare(context.inner("pool", inside));
  return pool_->output_shape();
}

Tensor TransitionLayer::forward(const Tensor& x) { return (*pool_)((*convolution_)(x)); }

}  // namespace glow
