#include "glow/information/nhsic.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "glow/core/stop.h"
#include "glow/information/checks.h"
#include "glow/information/kernel_variables.h"

namespace glow {
namespace {

constexpr int64_t kLong = 1024;  // rows

// R of one variable.
struct Normalised {
  Tensor matrix;         // (n, n), symmetric
  int64_t distinct = 0;  // rows
};

bool wants_graph(const Tensor& t) { return at::GradMode::is_enabled() && t.requires_grad(); }

// M (M + cI)⁻¹ = I − c (M + cI)⁻¹ of M = (I − qqᵀ) K (I − qqᵀ), q a unit vector: for q = 1/√n, the
// centred Gram matrix.
Tensor shrink(const Tensor& gram, const Tensor& q, double c) {
  const Tensor image = gram.mv(q);
  const Tensor both = image - q * (q.dot(image) / 2);
  Tensor shifted = at::addr(gram, q, both, 1, -1).addr_(both, q, 1, -1);
  shifted.diagonal().add_(c);
  Tensor out = at::cholesky_inverse(at::linalg_cholesky(shifted)) * -c;
  out.diagonal().add_(1);
  return out;
}

// Repeated rows make blocks of equal entries: with Z the (n, k) membership and N = ZᵀZ,
// R = Z N^-½ S N^-½ Zᵀ, S of the k distinct rows weighted by N.
Tensor shrink_distinct(const KernelVariable& variable, const Symbols& symbols, double c) {
  const auto device = variable.rows.device();
  const auto kinds = static_cast<size_t>(symbols.kinds());
  std::vector<int64_t> first(kinds, -1), of_row;
  for (const int32_t symbol : symbols.of_row) {
    auto& row = first[static_cast<size_t>(symbol)];
    if (row < 0) row = static_cast<int64_t>(of_row.size());
    of_row.push_back(symbol);
  }
  KernelVariable distinct = variable;
  distinct.rows = variable.rows.detach()
                      .index_select(0, at::tensor(first, at::kLong).to(device))
                      .to(at::kDouble);
  const Tensor root = at::tensor(symbols.counts, at::kLong).to(device, at::kDouble).sqrt();
  const auto n = static_cast<double>(symbols.rows());
  const Tensor weights = at::outer(root, root);
  const Tensor small = shrink(gram_matrix(distinct) * weights, root / std::sqrt(n), c) / weights;
  const Tensor rows = at::tensor(of_row, at::kLong).to(device);
  return small.to(variable.rows.scalar_type()).index_select(0, rows).index_select(1, rows);
}

Normalised normalise(const KernelVariable& variable, double epsilon) {
  const int64_t n = variable.rows.size(0);
  const Symbols symbols = row_symbols(variable);
  const double c = epsilon * static_cast<double>(n);
  // Equal rows have gradients of their own.
  if (2 * symbols.kinds() <= n && !wants_graph(variable.rows)) {
    return {shrink_distinct(variable, symbols, c), symbols.kinds()};
  }
  const Tensor q =
      at::full({n}, 1 / std::sqrt(static_cast<double>(n)), variable.rows.detach().options());
  return {shrink(gram_matrix(variable), q, c), symbols.kinds()};
}

std::vector<Estimate> measure_nhsic(KernelVariables variables, const std::vector<GramPair>& pairs,
                                    const NHSICOptions& options, const std::string& spec) {
  const int64_t n = variables.rows();
  check_rows(n, 2, "nhsic");
  bool graph = false;
  // Single precision where double would take long; a smaller epsilon than that it does not bear.
  auto type = n < kLong || options.epsilon < 1e-6 ? at::kDouble : at::kFloat;
  for (const auto& variable : variables.list) {
    graph |= wants_graph(variable.rows);
    if (variable.rows.scalar_type() == at::kDouble) type = at::kDouble;
  }
  const auto matrices = static_cast<int64_t>(variables.list.size()) * (graph ? 6 : 1) + 3;
  check_memory(n, matrices * (type == at::kDouble ? 8 : 4), "take fewer rows");
  std::vector<Normalised> normalised;
  std::vector<Tensor> traces;
  for (auto& variable : variables.list) {
    check_stop();  // a factorisation takes seconds
    variable.rows = variable.rows.to(type);
    normalised.push_back(normalise(variable, options.epsilon));
    traces.push_back(normalised.back().matrix.detach().diagonal().sum(at::kDouble));
  }
  const Tensor host = at::stack(traces).to(at::kCPU);
  const double* trace = host.const_data_ptr<double>();
  const auto freedom = static_cast<double>(n - 1);
  for (size_t v = 0; v < normalised.size(); ++v) {
    const std::string& name = variables.list[v].name;
    if (normalised[v].distinct == 1) {
      variables.warnings[v].push_back(fmt::format("{} is constant: nHSIC is 0", name));
    } else if (trace[v] > 0.95 * freedom) {
      variables.warnings[v].push_back(fmt::format(
          "kernel saturated at this sigma: the trace of R of {} is {:.4g} of at most {} at sigma = "
          "{:.4g}, so every row is alone",
          name, trace[v], n - 1, variables.list[v].kernel.sigma));
    }
  }
  std::vector<Estimate> out;
  for (const auto& pair : pairs) {
    const auto [k, l] = pair;
    Estimate estimate = variables.estimate(pair, spec, Unit::none);
    const int64_t distinct = std::min(normalised[k].distinct, normalised[l].distinct);
    estimate.value = (normalised[k].matrix * normalised[l].matrix).sum(at::kDouble);
    if (distinct == 1) estimate.value = estimate.value * 0;  // as its gradient is
    estimate.ceiling = static_cast<double>(distinct - 1);
    estimate.null_mean = distinct == 1 ? 0 : trace[k] * trace[l] / freedom;
    out.push_back(std::move(estimate));
  }
  return out;
}

void check_nhsic_options(const NHSICOptions& options) {
  kernel_widths(options);
  parse_reference(options.reference);
  if (!(options.epsilon > 0) || !std::isfinite(options.epsilon)) {
    throw ValueError("epsilon must be a positive number, got {}", options.epsilon);
  }
}

Estimate nhsic_pair(const Tensor& x, const Tensor& y, const NHSICOptions& options,
                    const std::string& spec) {
  return measure_nhsic(kernel_variables(x, y, Kernel::Kind::gaussian, kernel_widths(options)),
                       {{0, 1}}, options, spec)[0];
}

}  // namespace

Estimate nhsic(const Tensor& x, const Tensor& y, const NHSICOptions& options) {
  check_nhsic_options(options);
  return nhsic_pair(x, y, options, spec_text("nhsic", options));
}

NHSIC::NHSIC(const NHSICOptions& options)
    : Estimator(spec_text("nhsic", options)), options_(options) {
  check_nhsic_options(options);
}

Estimate NHSIC::estimate(const Tensor& x, const Tensor& y) const {
  return nhsic_pair(x, y, options_, spec());
}

void NHSIC::fit(const Segment& segment, Fit& fit) const {
  fit_widths(kernel_widths(options_), segment, fit);
}

std::vector<Coordinates> NHSIC::evaluate(const Segment& segment, const Fit& fit) const {
  const auto variables =
      kernel_variables(segment, fit, Kernel::Kind::gaussian, kernel_widths(options_));
  return layer_coordinates(measure_nhsic(variables, layer_pairs(variables), options_, spec()));
}

}  // namespace glow
