#include "glow/information/gram.h"

#include <ATen/ATen.h>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow {

Kernel::Kind parse_kernel(const std::string& text) {
  if (text == "gaussian") return Kernel::Kind::gaussian;
  if (text == "linear") return Kernel::Kind::linear;
  throw ValueError("unknown kernel '{}'{}; known: gaussian, linear", text,
                   did_you_mean(text, {"gaussian", "linear"}));
}

Tensor gram_matrix(const KernelVariable& variable) {
  // Distances do not depend on the shift, so it needs no graph.
  const Tensor centred = variable.rows - variable.rows.detach().mean(0, /*keepdim=*/true);
  const Tensor inner = at::mm(centred, centred.t());
  if (variable.kernel.kind == Kernel::Kind::linear) return inner;
  const Tensor norms = (centred * centred).sum(1);
  // Rounding may go below zero, and leave something on the diagonal.
  const Tensor squared =
      (norms.unsqueeze(0) + norms.unsqueeze(1) - 2 * inner).clamp_min(0).fill_diagonal_(0);
  if (variable.kernel.kind == Kernel::Kind::distance) {
    // Below the rounding of the sum the rows are equal.
    const double rounding = centred.scalar_type() == at::kDouble ? 1e-14 : 1e-6;
    const Tensor equal =
        squared.detach() <= (norms.unsqueeze(0) + norms.unsqueeze(1)).detach() * rounding;
    return at::where(equal, 1, squared).sqrt() * equal.logical_not();
  }
  const double sigma = variable.kernel.sigma;
  return (squared * (-0.5 / (sigma * sigma))).exp();
}

}  // namespace glow
