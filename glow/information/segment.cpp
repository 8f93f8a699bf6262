#include "glow/information/segment.h"

#include <ATen/ATen.h>

#include "glow/core/error.h"
#include "glow/information/checks.h"

namespace glow {

Tensor flatten_rows(const Tensor& t) {
  if (!t.defined() || t.dim() == 0) {
    throw ValueError("a variable needs rows: expected (n, ...), got a 0-d tensor");
  }
  return t.dim() == 1 ? t.unsqueeze(1) : t.flatten(1);
}

Tensor label_matrix(const Segment& segment, const Tensor& like) {
  const auto type = like.is_floating_point() ? like.scalar_type() : at::kDouble;
  if (!holds_class_numbers(segment)) return flatten_rows(segment.y).to(like.device(), type);
  const Tensor labels = class_numbers(segment.y, segment.classes).to(like.device());
  Tensor matrix = at::zeros({labels.size(0), segment.classes}, like.options().dtype(type));
  matrix.scatter_(1, labels.unsqueeze(1), 1);
  return matrix;
}

}  // namespace glow
