#include "glow/information/distance_correlation.h"

#include <ATen/ATen.h>

#include <cmath>

#include "glow/information/checks.h"
#include "glow/information/hsic_pairs.h"
#include "glow/information/kernel_variables.h"

namespace glow {
namespace {

// Distance covariance is HSIC with distances for kernels: Sejdinovic et al. 2013, Ann. Stat. 41.
constexpr auto kDistance = Kernel::Kind::distance;

// Not below 0, but for rounding, and without the infinite derivative there.
Tensor root_of(const Tensor& squared) {
  return squared.detach().item<double>() > 0 ? squared.sqrt() : squared * 0;
}

std::vector<Estimate> measure_dcor(KernelVariables variables, const std::vector<GramPair>& pairs,
                                   const DcorOptions& options, const std::string& spec) {
  check_rows(variables.rows(), options.unbiased ? 4 : 2,
             options.unbiased ? "unbiased dcor" : "dcor");
  for (auto& variable : variables.list) variable.rows = variable.rows.to(at::kDouble);
  const Alignments measured = alignments(variables.list, pairs, options.unbiased);
  for (size_t v = 0; v < variables.list.size(); ++v) {
    if (!measured.flat[v]) continue;
    variables.warnings[v].push_back(
        flat_warning(variables.list[v].name, measured.facts[v].constant, "dcor"));
  }
  std::vector<Estimate> out;
  for (size_t p = 0; p < pairs.size(); ++p) {
    Estimate estimate = variables.estimate(pairs[p], spec, Unit::none);
    estimate.ceiling = 1;
    if (options.unbiased) {
      estimate.value = measured.values[p];
      estimate.null_mean = 0;
    } else {
      estimate.value = root_of(measured.values[p]);
      const double chance = std::sqrt(measured.null_means[p]);  // the root of the mean square
      if (chance > 0.5 * estimate.number()) {
        estimate.warnings.push_back(fmt::format(
            "biased: independent data of this kind and size give about {:.2g}; unbiased=true does "
            "not",
            chance));
      }
    }
    out.push_back(std::move(estimate));
  }
  return out;
}

Estimate dcor_pair(const Tensor& x, const Tensor& y, const DcorOptions& options,
                   const std::string& spec) {
  return measure_dcor(kernel_variables(x, y, kDistance, {}), {{0, 1}}, options, spec)[0];
}

}  // namespace

Estimate dcor(const Tensor& x, const Tensor& y, const DcorOptions& options) {
  return dcor_pair(x, y, options, spec_text("dcor", options));
}

Dcor::Dcor(const DcorOptions& options) : Estimator(spec_text("dcor", options)), options_(options) {}

Estimate Dcor::estimate(const Tensor& x, const Tensor& y) const {
  return dcor_pair(x, y, options_, spec());
}

std::vector<Coordinates> Dcor::evaluate(const Segment& segment, const Fit& fit) const {
  const auto variables = kernel_variables(segment, fit, kDistance, {});
  return layer_coordinates(measure_dcor(variables, layer_pairs(variables), options_, spec()));
}

}  // namespace glow
