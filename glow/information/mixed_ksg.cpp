#include "glow/information/mixed_ksg.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <optional>

#include "glow/information/checks.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/neighbours.h"
#include "glow/information/special.h"

namespace glow {
namespace {

double mixed_information(const PointSet& x, const PointSet& y, int64_t k) {
  const PointSet together(joint_space({x.points(), y.points()}));
  const int64_t n = together.size();
  std::vector<double> radii = together.nearest(k).distances;
  std::vector<double> zeros(radii.size());  // a radius that only coinciding rows are within
  for (size_t i = 0; i < radii.size(); ++i) {
    if (radii[i] == 0) radii[i] = zeros[i] = std::numeric_limits<double>::denorm_min();
  }
  const std::vector<int32_t> ties = together.nearer(zeros);
  const std::vector<int32_t> n_x = x.nearer(radii), n_y = y.nearer(radii);
  const DigammaTable psi(n);
  double sum = 0;
  for (size_t i = 0; i < radii.size(); ++i) {
    sum += psi(zeros[i] > 0 ? ties[i] + 1 : k) - psi(n_x[i] + 1) - psi(n_y[i] + 1);
  }
  return std::log(static_cast<double>(n)) + sum / static_cast<double>(n);
}

// A variable scaled and sorted, or in a tree, once for any partners.
struct MixedVariable {
  Scaled scaled;
  PointSet points;

  MixedVariable(const Tensor& x, const std::string& name, const MixedKSGOptions& options)
      : scaled(glow::scaled(x, name, options.standardize, 0)), points(scaled.rows) {
    scaled.warnings = {};  // discrete variables are welcome
    check_neighbours("mixed_ksg", options.k, scaled.size());
  }
};

Estimate mixed_of(const MixedVariable& x, const MixedVariable& y, const MixedKSGOptions& options,
                  const std::string& spec) {
  check_same_rows(x.scaled.rows, x.scaled.name, y.scaled.rows, y.scaled.name);
  Estimate out = neighbour_estimate(spec, {&x.scaled, &y.scaled});
  if (!settle_constant(out, {&x.scaled, &y.scaled})) {
    out.value = at::scalar_tensor(mixed_information(x.points, y.points, options.k), at::kDouble);
    if (options.errors) {
      const auto some = [](const MixedVariable& of, const Tensor& rows) {
        return PointSet(of.scaled.rows.index_select(0, rows));
      };
      set_error(out, options.k, [&](const Tensor& rows) {
        return mixed_information(some(x, rows), some(y, rows), options.k);
      });
    }
  }
  set_ceiling(out, std::log(static_cast<double>(out.n)) - digamma(static_cast<double>(options.k)));
  return out;
}

Estimate mixed_of(const Tensor& x, const Tensor& y, const MixedKSGOptions& options,
                  const std::string& spec) {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  Estimate out =
      mixed_of(MixedVariable(x, "x", options), MixedVariable(y, "y", options), options, spec);
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  return out;
}

}  // namespace

Estimate mixed_ksg(const Tensor& x, const Tensor& y, const MixedKSGOptions& options) {
  check_neighbours("mixed_ksg", options.k);
  return mixed_of(x, y, options, spec_text("mixed_ksg", options));
}

MixedKSG::MixedKSG(const MixedKSGOptions& options)
    : NeighbourEstimator(spec_text("mixed_ksg", options)), options_(options) {
  check_neighbours("mixed_ksg", options.k);
}

Estimate MixedKSG::estimate(const Tensor& x, const Tensor& y) const {
  return mixed_of(x, y, options_, spec());
}

std::vector<Coordinates> MixedKSG::evaluate(const Segment& segment, const Fit& fit) const {
  std::optional<MixedVariable> x;
  return neighbour_coordinates(
      segment, fit, *this, options_.noise,
      {.k = options_.k, .standardize = options_.standardize, .errors = options_.errors},
      [&](const Tensor& t) {
        if (!x) x.emplace(flatten_rows(segment.x), "x", options_);
        return mixed_of(*x, MixedVariable(t, "t", options_), options_, spec());
      });
}

}  // namespace glow
