#include "glow/models/sequential.h"

namespace glow {

Sequential::Sequential(Shape input_shape, const NetworkOptions& options)
    : Network(std::move(input_shape), options) {}

void Sequential::added(Layer& layer) {
  const Shape& input = layers().empty() ? input_shape() : layers().back()->output_shape();
  layer.prepare(context().inner(layer.label(), input));
}

Tensor Sequential::forward(const Tensor& x) {
  Tensor out = x;
  for (const auto& layer : layers()) out = (*layer)(out);
  return out;
}

}  // namespace glow
