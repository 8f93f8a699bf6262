#include "glow/layers/dense.h"

#include <ATen/ATen.h>

#include "glow/core/error.h"
#include "glow/layers/affine.h"

namespace glow {

Dense::Dense(int64_t units, const DenseOptions& options)
    : units_(units),
      use_bias_(options.use_bias),
      activation_(activation(options.activation)),
      kernel_initializer_(initializer(options.kernel_initializer)),
      bias_initializer_(initializer(options.bias_initializer)) {
  if (units < 1) throw ValueError("Dense: units must be at least 1, got {}", units);
}

Shape Dense::build(const BuildContext& context) {
  Shape output = context.input;
  if (output.empty()) {
    throw ValueError(
        "{}: Dense expects inputs of (n, …, d), got (n); give each example a dimension",
        context.name);
  }
  const Fans fans{output.back(), units_};
  weight_ = register_parameter(
      "weight", initial_value(context, "weight", kernel_initializer_, {units_, fans.in}, fans));
  if (use_bias_) {
    bias_ = register_parameter("bias",
                               initial_value(context, "bias", bias_initializer_, {units_}, fans));
  }
  output.back() = units_;
  return output;
}

Tensor Dense::forward(const Tensor& x) {
  return activation_.consume(affine(x, weight_, bias_), -1);
}

}  // namespace glow
