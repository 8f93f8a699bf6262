#include "glow/information/gradient_check.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "glow/core/error.h"
#include "glow/core/random.h"

namespace glow {
namespace {

using Function = std::function<Tensor(const std::vector<Tensor>&)>;

// A step of one input.
struct Direction {
  size_t input;
  int64_t index;  // entry, or number of the random direction
  Tensor step;    // of the input's shape
};

std::vector<Tensor> leaves_of(const std::vector<Tensor>& inputs) {
  std::vector<Tensor> leaves;
  for (const auto& input : inputs) {
    leaves.push_back(input.detach().to(at::kDouble).clone().requires_grad_(true));
  }
  return leaves;
}

std::vector<Direction> directions_of(const std::vector<Tensor>& leaves, bool along_directions,
                                     const GradientCheckOptions& options) {
  std::vector<Direction> out;
  for (size_t i = 0; i < leaves.size(); ++i) {
    const int64_t count = along_directions ? options.directions : leaves[i].numel();
    for (int64_t index = 0; index < count; ++index) {
      Tensor step = at::zeros_like(leaves[i]);
      if (along_directions) {
        const auto generator = make_generator(options.seed + i, "gradient check", index);
        step = at::randn(leaves[i].sizes(), generator, step.options());
      } else {
        step.view(-1)[index] = 1;
      }
      out.push_back({i, index, step.detach()});
    }
  }
  return out;
}

Tensor value_at(const Function& f, const std::vector<Tensor>& leaves, const Direction& direction,
                double step) {
  std::vector<Tensor> moved;
  for (size_t i = 0; i < leaves.size(); ++i) {
    Tensor input = leaves[i].detach().clone();
    if (i == direction.input) input.add_(direction.step, step);
    moved.push_back(input.requires_grad_(true));  // so that f takes the same path
  }
  return f(moved).detach().flatten().clone();
}

}  // namespace

std::string GradientCheck::report() const {
  std::string out;
  for (const auto& m : mismatches) {
    const double scale = std::max(std::abs(m.numeric), std::abs(m.analytic));
    out += fmt::format(
        "input {}, {} {}, output {}: numeric {:.9g}, analytic {:.9g}, relative {:.2g}\n", m.input,
        along_directions ? "direction" : "index", m.index, m.output, m.numeric, m.analytic,
        std::abs(m.numeric - m.analytic) / scale);
  }
  return out;
}

GradientCheck check_gradient(const Function& f, const std::vector<Tensor>& inputs,
                             const GradientCheckOptions& options) {
  const at::AutoGradMode with_graph(true);
  const std::vector<Tensor> leaves = leaves_of(inputs);
  int64_t entries = 0;
  for (const auto& leaf : leaves) entries += leaf.numel();
  const Tensor value = f(leaves);
  if (!value.requires_grad()) throw ValueError("the function gives no graph: nothing to check");
  if (value.scalar_type() != at::kDouble) {
    throw ValueError("the function must give float64 for float64 inputs, got {}",
                     at::toString(value.scalar_type()));
  }
  std::vector<std::vector<Tensor>> rows;  // of the Jacobian, of each output entry
  const Tensor flat = value.flatten();
  for (int64_t o = 0; o < flat.numel(); ++o) {
    rows.push_back(torch::autograd::grad({flat[o]}, leaves, {}, /*retain_graph=*/true,
                                         /*create_graph=*/false, /*allow_unused=*/true));
  }
  GradientCheck out;
  out.along_directions = entries > options.full_up_to;
  for (const auto& direction : directions_of(leaves, out.along_directions, options)) {
    const Tensor slope = (value_at(f, leaves, direction, options.step) -
                          value_at(f, leaves, direction, -options.step)) /
                         (2 * options.step);
    for (int64_t o = 0; o < flat.numel(); ++o) {
      const Tensor& gradient = rows[static_cast<size_t>(o)][direction.input];
      const double analytic =
          gradient.defined() ? (gradient * direction.step).sum().item<double>() : 0;
      const double numeric = slope[o].item<double>();
      const double allowed =
          options.absolute_tolerance + options.relative_tolerance * std::abs(numeric);
      // False for NaN; an infinite slope would allow any other.
      if (std::isfinite(numeric) && std::abs(numeric - analytic) <= allowed) continue;
      out.mismatches.push_back(
          {static_cast<int64_t>(direction.input), direction.index, o, numeric, analytic});
    }
  }
  out.passed = out.mismatches.empty();
  return out;
}

}  // namespace glow
