#include "glow/information/mixed_ksg.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "glow/information/checks.h"
#include "glow/information/layer_forms.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/neighbours.h"
#include "glow/information/special.h"

namespace glow {
namespace {

double mixed_information(const Tensor& x, const Tensor& y, int64_t k) {
  const PointSet together(joint_space({x, y}));
  const std::vector<PointSet> own = point_sets({x, y});
  const int64_t n = together.size();
  std::vector<double> radii = together.nearest(k).distances;
  std::vector<double> zeros(radii.size());  // a radius that only coinciding rows are within
  for (size_t i = 0; i < radii.size(); ++i) {
    if (radii[i] == 0) radii[i] = zeros[i] = std::numeric_limits<double>::denorm_min();
  }
  const std::vector<int32_t> ties = together.nearer(zeros);
  const std::vector<int32_t> n_x = own[0].nearer(radii), n_y = own[1].nearer(radii);
  const DigammaTable psi(n);
  double sum = 0;
  for (size_t i = 0; i < radii.size(); ++i) {
    sum += psi(zeros[i] > 0 ? ties[i] + 1 : k) - psi(n_x[i] + 1) - psi(n_y[i] + 1);
  }
  return std::log(static_cast<double>(n)) + sum / static_cast<double>(n);
}

Estimate mixed_of(const Tensor& x, const Tensor& y, const MixedKSGOptions& options,
                  const std::string& spec) {
  check_same_rows(continuous(x, "x"), "x", continuous(y, "y"), "y");
  Scaled first = scaled(x, "x", options.standardize, 0);
  Scaled second = scaled(y, "y", options.standardize, 0);
  first.warnings = second.warnings = {};  // discrete variables are welcome
  check_neighbours("mixed_ksg", options.k, first.size());
  Estimate out = neighbour_estimate(spec, {&first, &second});
  if (options.noise) out.warnings.emplace_back(kNoiseIsForLayers);
  if (!settle_constant(out, {&first, &second})) {
    out.value =
        at::scalar_tensor(mixed_information(first.rows, second.rows, options.k), at::kDouble);
    if (options.errors) {
      set_error(out, options.k, [&](const Tensor& rows) {
        return mixed_information(first.rows.index_select(0, rows),
                                 second.rows.index_select(0, rows), options.k);
      });
    }
  }
  set_ceiling(out, std::log(static_cast<double>(out.n)) - digamma(static_cast<double>(options.k)));
  return out;
}

}  // namespace

Estimate mixed_ksg(const Tensor& x, const Tensor& y, const MixedKSGOptions& options) {
  check_neighbours("mixed_ksg", options.k);
  return mixed_of(x, y, options, spec_text("mixed_ksg", options));
}

MixedKSG::MixedKSG(const MixedKSGOptions& options)
    : InformationEstimator(spec_text("mixed_ksg", options)), options_(options) {
  check_neighbours("mixed_ksg", options.k);
}

Estimate MixedKSG::estimate(const Tensor& x, const Tensor& y) const {
  return mixed_of(x, y, options_, spec());
}

void MixedKSG::fit(const Segment& segment, Fit& fit) const { fit_ties(segment, fit); }

std::vector<Coordinates> MixedKSG::evaluate(const Segment& segment, const Fit& fit) const {
  return neighbour_coordinates(segment, fit, *this, options_.noise, options_.k,
                               options_.standardize);
}

}  // namespace glow
