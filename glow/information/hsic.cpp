#include "glow/information/hsic.h"

#include <cmath>

#include "glow/information/checks.h"
#include "glow/information/hsic_pairs.h"
#include "glow/information/kernel_variables.h"

namespace glow {
namespace {

void check_hsic_options(const HSICOptions& options) {
  parse_kernel(options.kernel);
  parse_reference(options.reference);
  kernel_widths(options);
}

void explain_hsic(KernelVariables& variables, const std::vector<KernelFacts>& facts) {
  for (size_t v = 0; v < facts.size(); ++v) {
    const KernelVariable& variable = variables.list[v];
    const double entry = facts[v].mean_entry;
    if (facts[v].constant) {
      variables.warnings[v].push_back(fmt::format("{} is constant: HSIC is 0", variable.name));
    } else if (variable.kernel.kind == Kernel::Kind::gaussian && (entry < 0.01 || entry > 0.99)) {
      variables.warnings[v].push_back(saturation_warning(variable, facts[v]));
    }
  }
}

std::vector<Estimate> measure_hsic(KernelVariables variables, const std::vector<GramPair>& pairs,
                                   const HSICOptions& options, const std::string& spec) {
  check_rows(variables.rows(), options.unbiased ? 4 : 2,
             options.unbiased ? "unbiased hsic" : "hsic");
  const HSICPairs measured = hsic_pairs(variables.list, pairs, options.unbiased);
  explain_hsic(variables, measured.facts);
  std::vector<Estimate> out;
  for (size_t p = 0; p < pairs.size(); ++p) {
    Estimate estimate = variables.estimate(pairs[p], spec, Unit::none);
    estimate.value = measured.values[p];
    estimate.null_mean = options.unbiased ? 0
                                          : null_hsic(measured.facts[pairs[p].first],
                                                      measured.facts[pairs[p].second], estimate.n);
    out.push_back(std::move(estimate));
  }
  return out;
}

Estimate hsic_pair(const Tensor& x, const Tensor& y, const HSICOptions& options,
                   const std::string& spec) {
  const auto variables =
      kernel_variables(x, y, parse_kernel(options.kernel), kernel_widths(options));
  return measure_hsic(variables, {{0, 1}}, options, spec)[0];
}

}  // namespace

Estimate hsic(const Tensor& x, const Tensor& y, const HSICOptions& options) {
  check_hsic_options(options);
  return hsic_pair(x, y, options, spec_text("hsic", options));
}

HSIC::HSIC(const HSICOptions& options) : Estimator(spec_text("hsic", options)), options_(options) {
  check_hsic_options(options);
}

Estimate HSIC::estimate(const Tensor& x, const Tensor& y) const {
  return hsic_pair(x, y, options_, spec());
}

void HSIC::fit(const Segment& segment, Fit& fit) const {
  if (parse_kernel(options_.kernel) == Kernel::Kind::gaussian) {
    fit_widths(kernel_widths(options_), segment, fit);
  }
}

std::vector<Coordinates> HSIC::evaluate(const Segment& segment, const Fit& fit) const {
  const auto variables =
      kernel_variables(segment, fit, parse_kernel(options_.kernel), kernel_widths(options_));
  return layer_coordinates(measure_hsic(variables, layer_pairs(variables), options_, spec()));
}

}  // namespace glow
