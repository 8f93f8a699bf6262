// Checks a gradient against finite differences.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

struct GradientCheckOptions {
  double step = 1e-6;  // of the central differences
  double absolute_tolerance = 1e-5;
  double relative_tolerance = 1e-3;
  int64_t full_up_to = 64;  // input entries that are varied one by one; more: along directions
  int64_t directions = 8;   // random ones
  uint64_t seed = 0;
};

/// One derivative that differs.
struct GradientMismatch {
  int64_t input;   // which input
  int64_t index;   // its entry, flattened; the direction's number where there were directions
  int64_t output;  // the entry of the output, flattened
  double numeric, analytic;
};

struct GradientCheck {
  bool passed = false;
  bool along_directions = false;
  std::vector<GradientMismatch> mismatches;

  /// One line a mismatch; "" when passed.
  std::string report() const;
};

/// Compares what autograd gives for f with central differences in float64: the full Jacobian up to
/// 64 input entries in all, else derivatives along random directions. f gets its inputs as float64
/// leaf tensors and gives a tensor with a graph. NaN never passes. Throws ValueError when f gives
/// no graph or no float64.
GradientCheck check_gradient(const std::function<Tensor(const std::vector<Tensor>&)>& f,
                             const std::vector<Tensor>& inputs,
                             const GradientCheckOptions& options = {});

}  // namespace glow
