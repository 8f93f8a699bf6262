#include "glow/information/conditional.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "glow/core/error.h"
#include "glow/information/checks.h"
#include "glow/information/neighbour_information.h"
#include "glow/information/scaled.h"
#include "glow/information/special.h"

namespace glow {
namespace {

NeighbourInformation conditional_information(const Tensor& x, const Tensor& y, const Tensor& z,
                                             int64_t k) {
  NeighbourInformation out;
  out.distances = PointSet(joint_space({x, y, z})).nearest(k).distances;
  const std::vector<PointSet> sets = point_sets({joint_space({x, z}), joint_space({y, z}), z});
  const auto n_xz = sets[0].nearer(out.distances), n_yz = sets[1].nearer(out.distances);
  std::vector<int32_t> n_z(n_xz.size(), static_cast<int32_t>(n_xz.size()) - 1);
  if (z.size(1) > 0) n_z = sets[2].nearer(out.distances);
  const DigammaTable psi(x.size(0));
  double sum = 0;
  for (size_t i = 0; i < n_z.size(); ++i) {
    sum += psi(n_xz[i] + 1) + psi(n_yz[i] + 1) - psi(n_z[i] + 1);
  }
  out.nats = psi(k) - sum / static_cast<double>(n_z.size());
  return out;
}

double one_ceiling(int64_t n, int64_t k) {
  return digamma(static_cast<double>(n)) - digamma(static_cast<double>(k));
}

void check_multi_information(const MultiInformationOptions& options) {
  check_neighbours("multi_information", options.k);
  check_jitter(options.jitter);
  if (options.variant != 1 && options.variant != 2) {
    throw ValueError("variant must be 1 or 2, got {}", options.variant);
  }
}

}  // namespace

Estimate conditional_mutual_information(const Tensor& x, const Tensor& y, const Tensor& z,
                                        const CMIOptions& options) {
  check_neighbours("cmi", options.k);
  check_jitter(options.jitter);
  const auto scale = [&](const Tensor& t, const std::string& name) {
    return scaled(t, name, options.standardize, options.jitter);
  };
  const Scaled first = scale(x, "x"), second = scale(y, "y"), given = scale(z, "z");
  check_same_rows(first.rows, "x", second.rows, "y");
  check_same_rows(first.rows, "x", given.rows, "z");
  check_neighbours("cmi", options.k, first.size());
  Estimate out = neighbour_estimate(spec_text("cmi", options), {&first, &second, &given});
  if (!settle_constant(out, {&first, &second})) {
    const auto found = conditional_information(first.rows, second.rows, given.rows, options.k);
    out.value = at::scalar_tensor(found.nats, at::kDouble);
    warn_of_ties(out, found.distances, std::max({first.grain, second.grain, given.grain}));
    if (options.errors) {
      set_error(out, options.k, [&](const Tensor& rows) {
        return conditional_information(first.rows.index_select(0, rows),
                                       second.rows.index_select(0, rows),
                                       given.rows.index_select(0, rows), options.k)
            .nats;
      });
    }
  }
  set_ceiling(out, one_ceiling(out.n, options.k));
  return out;
}

Estimate multi_information(const std::vector<Tensor>& variables,
                           const MultiInformationOptions& options) {
  check_multi_information(options);
  if (variables.size() < 2) {
    throw ValueError("multi_information needs at least 2 variables, got {}", variables.size());
  }
  std::vector<Scaled> all;
  for (const Tensor& variable : variables) {
    const std::string name = fmt::format("variable {}", all.size());
    all.push_back(scaled(variable, name, options.standardize, options.jitter));
    check_same_rows(all[0].rows, all[0].name, all.back().rows, name);
  }
  check_neighbours("multi_information", options.k, all[0].size());
  std::vector<const Scaled*> told;
  std::vector<Tensor> rows;
  double grain = 0;
  for (const Scaled& variable : all) {
    told.push_back(&variable);
    grain = std::max(grain, variable.grain);
    if (!variable.constant()) rows.push_back(variable.rows);
  }
  Estimate out = neighbour_estimate(spec_text("multi_information", options), told);
  for (const Scaled& variable : all) {
    if (!variable.constant()) continue;
    out.warnings.push_back(fmt::format("{} is constant: it adds nothing", variable.name));
  }
  const auto others = static_cast<double>(rows.size()) - 1;
  if (rows.size() < 2) {
    out.value = at::scalar_tensor(0, at::kDouble);
    out.ceiling = 0;
    return out;
  }
  const auto found = ksg_information(rows, options.k, options.variant);
  out.value = at::scalar_tensor(found.nats, at::kDouble);
  warn_of_ties(out, found.distances, grain);
  if (options.errors) {
    set_error(out, options.k, [&](const Tensor& subset) {
      std::vector<Tensor> some;
      for (const Tensor& variable : rows) some.push_back(variable.index_select(0, subset));
      return ksg_information(some, options.k, options.variant).nats;
    });
  }
  const double less = options.variant == 2 ? 1 / static_cast<double>(options.k) : 0;
  set_ceiling(out, others * (one_ceiling(out.n, options.k) - less));
  return out;
}

Estimate multi_information(const Tensor& x, const MultiInformationOptions& options) {
  const Tensor rows = continuous(x, "x");
  return multi_information(rows.split(1, 1), options);
}

MultiInformation::MultiInformation(const MultiInformationOptions& options)
    : Estimator(spec_text("multi_information", options)), options_(options) {
  check_multi_information(options);
}

Estimate MultiInformation::estimate(const Tensor& x, const Tensor& y) const {
  const Tensor a = continuous(x.detach(), "x"), b = continuous(y.detach(), "y");
  check_same_rows(a, "x", b, "y");
  check_finite(a, "x");
  check_finite(b, "y");
  Estimate out = multi_information(
      at::cat({a.to(at::kCPU, at::kDouble), b.to(at::kCPU, at::kDouble)}, 1), options_);
  out.estimator = spec();
  return out;
}

std::vector<Coordinates> MultiInformation::evaluate(const Segment&, const Fit&) const {
  throw ValueError("multi_information has no coordinates on a layer; take ksg");
}

}  // namespace glow
