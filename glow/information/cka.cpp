#include "glow/information/cka.h"

#include <ATen/ATen.h>

#include "glow/information/checks.h"
#include "glow/information/hsic_pairs.h"

namespace glow {
namespace {

void check_cka_options(const CKAOptions& options) {
  parse_kernel(options.kernel);
  parse_reference(options.reference);
  kernel_widths(options);
}

std::vector<Estimate> measure_cka(KernelVariables variables, const std::vector<GramPair>& pairs,
                                  const CKAOptions& options, const std::string& spec) {
  check_rows(variables.rows(), 4, "cka");
  const Alignments measured = alignments(variables.list, pairs, options.debiased);
  for (size_t v = 0; v < variables.list.size(); ++v) {
    const KernelVariable& variable = variables.list[v];
    const KernelFacts& facts = measured.facts[v];
    if (measured.flat[v]) {
      variables.warnings[v].push_back(flat_warning(variable.name, facts.constant, "CKA"));
    } else if (variable.kernel.kind == Kernel::Kind::gaussian && facts.mean_entry < 0.01) {
      variables.warnings[v].push_back(saturation_warning(variable, facts));
    }
  }
  std::vector<Estimate> out;
  for (size_t p = 0; p < pairs.size(); ++p) {
    Estimate estimate = variables.estimate(pairs[p], spec, Unit::none);
    estimate.value = measured.values[p];
    estimate.ceiling = 1;  // Cauchy and Schwarz
    estimate.null_mean = measured.null_means[p];
    out.push_back(std::move(estimate));
  }
  return out;
}

Estimate cka_pair(const Tensor& x, const Tensor& y, const CKAOptions& options,
                  const std::string& spec) {
  return measure_cka(kernel_variables(x, y, parse_kernel(options.kernel), kernel_widths(options)),
                     {{0, 1}}, options, spec)[0];
}

}  // namespace

Estimate cka(const Tensor& x, const Tensor& y, const CKAOptions& options) {
  check_cka_options(options);
  return cka_pair(x, y, options, spec_text("cka", options));
}

CKAAccumulator::CKAAccumulator(const CKAOptions& options)
    : options_(options), widths_(kernel_widths(options)) {
  check_cka_options(options);
}

void CKAAccumulator::add(const Tensor& x, const Tensor& y) {
  const auto variables = kernel_variables(x, y, parse_kernel(options_.kernel), widths_);
  check_rows(variables.rows(), 4, "a batch of cka");
  const HSICPairs batch = hsic_pairs(variables.list, {{0, 1}, {0, 0}, {1, 1}}, options_.debiased);
  const auto rows = static_cast<double>(variables.rows());
  const Tensor sums = at::stack(batch.values) * rows;
  const Tensor rounding = at::stack(batch.rounding).to(at::kCPU) * rows;
  sums_ = rows_ == 0 ? sums : sums_ + sums;
  rounding_ = rows_ == 0 ? rounding : rounding_ + rounding;
  null_ += null_hsic(batch.facts[0], batch.facts[1], variables.rows()) * rows;
  if (rows_ == 0) {
    // Kept for all batches, so that they are on one scale.
    if (widths_.of_x().median) widths_.sigma_x = variables.list[0].kernel.sigma;
    if (widths_.of_y().median) widths_.sigma_y = variables.list[1].kernel.sigma;
    for (const auto& list : variables.warnings) {
      warnings_.insert(warnings_.end(), list.begin(), list.end());
    }
  }
  rows_ += variables.rows();
}

Estimate CKAAccumulator::estimate() const {
  if (rows_ == 0) throw StateError("nothing was added: CKA needs at least one batch");
  Estimate out;
  out.estimator = spec_text("cka", options_);
  out.unit = Unit::none;
  out.n = rows_;
  out.ceiling = 1;
  out.null_mean = 0;
  out.warnings = warnings_;
  const Tensor host = sums_.detach().to(at::kCPU);
  const double* sum = host.const_data_ptr<double>();
  const double* rounding = rounding_.const_data_ptr<double>();
  bool flat = false;
  for (const int v : {1, 2}) {
    if (sum[v] > rounding[v]) continue;
    flat = true;
    out.warnings.push_back(flat_warning(v == 1 ? "x" : "y", sum[v] == 0, "CKA"));
  }
  out.value = flat ? sums_[0] * 0 : alignment(sums_[0], sums_[1], sums_[2]);
  if (!options_.debiased && !flat) out.null_mean = null_ / std::sqrt(sum[1] * sum[2]);
  return out;
}

CKA::CKA(const CKAOptions& options) : Estimator(spec_text("cka", options)), options_(options) {
  check_cka_options(options);
}

Estimate CKA::estimate(const Tensor& x, const Tensor& y) const {
  return cka_pair(x, y, options_, spec());
}

void CKA::fit(const Segment& segment, Fit& fit) const {
  if (parse_kernel(options_.kernel) == Kernel::Kind::gaussian) {
    fit_widths(kernel_widths(options_), segment, fit);
  }
}

std::vector<Coordinates> CKA::evaluate(const Segment& segment, const Fit& fit) const {
  const auto variables =
      kernel_variables(segment, fit, parse_kernel(options_.kernel), kernel_widths(options_));
  return layer_coordinates(measure_cka(variables, layer_pairs(variables), options_, spec()));
}

}  // namespace glow
