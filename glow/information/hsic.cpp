#include "glow/information/hsic.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <functional>

#include "glow/information/checks.h"
#include "glow/information/gram_sums.h"

namespace glow {
namespace {

// Sums over a pair of Gram matrices, numbers or tensors with a graph.
template <class S>
struct PairSums {
  S product;           // Σ_ij K_ij L_ij
  S rows;              // Σ_i (K1)_i (L1)_i
  S k_total, l_total;  // 1ᵀK1, 1ᵀL1
};

// tr(KHLH)/(m−1)² without a product of matrices.
template <class S>
S biased_hsic(const PairSums<S>& sums, double m) {
  return (sums.product - sums.rows * (2 / m) + sums.k_total * sums.l_total * (1 / (m * m))) *
         (1 / ((m - 1) * (m - 1)));
}

// Song et al. 2012, eq. 5; the diagonals are left out of the sums.
template <class S>
S unbiased_hsic(const PairSums<S>& sums, double m) {
  return (sums.product + sums.k_total * sums.l_total * (1 / ((m - 1) * (m - 2))) -
          sums.rows * (2 / (m - 2))) *
         (1 / (m * (m - 3)));
}

// One variable as the kernel saw it.
struct Seen {
  bool constant = false;
  double mean_entry = 0;     // off the diagonal
  double centred_trace = 0;  // tr(HKH)
};

struct Dependences {
  std::vector<Tensor> values;  // of each pair, 0-d
  std::vector<Seen> seen;      // of each variable
};

Dependences by_tiles(const std::vector<KernelVariable>& variables,
                     const std::vector<GramPair>& pairs, bool unbiased) {
  const GramStatistics statistics = gram_statistics(variables, pairs);
  const auto m = static_cast<double>(variables[0].rows.size(0));
  Dependences out;
  for (const auto& k : statistics.variables) {
    out.seen.push_back({k.constant, (k.total - k.trace) / (m * (m - 1)), k.trace - k.total / m});
  }
  for (size_t p = 0; p < pairs.size(); ++p) {
    const GramSums& k = statistics.variables[pairs[p].first];
    const GramSums& l = statistics.variables[pairs[p].second];
    PairSums<double> sums{statistics.products[p], 0, k.total, l.total};
    for (size_t i = 0; i < k.rows.size(); ++i) {
      if (unbiased) {
        sums.product -= k.diagonal[i] * l.diagonal[i];
        sums.rows += (k.rows[i] - k.diagonal[i]) * (l.rows[i] - l.diagonal[i]);
      } else {
        sums.rows += k.rows[i] * l.rows[i];
      }
    }
    if (unbiased) {
      sums.k_total -= k.trace;
      sums.l_total -= l.trace;
    }
    const double value = k.constant || l.constant ? 0.0
                         : unbiased               ? unbiased_hsic(sums, m)
                                                  : biased_hsic(sums, m);
    out.values.push_back(at::scalar_tensor(value, at::kDouble));
  }
  return out;
}

// What the Gram matrices were like, read to the host in one copy.
std::vector<Seen> look_at(const std::vector<KernelVariable>& variables,
                          const std::vector<Tensor>& grams) {
  std::vector<Tensor> facts;
  for (size_t v = 0; v < grams.size(); ++v) {
    const Tensor gram = grams[v].detach(), rows = variables[v].rows.detach();
    facts.push_back(gram.sum(at::kDouble));
    facts.push_back(gram.diagonal().sum(at::kDouble));
    facts.push_back((rows == rows.slice(0, 0, 1)).all().to(at::kDouble));
  }
  const Tensor host = at::stack(facts).to(at::kCPU);
  const double* fact = host.const_data_ptr<double>();
  const auto m = static_cast<double>(variables[0].rows.size(0));
  std::vector<Seen> out;
  for (const auto& variable : variables) {
    const double total = *fact++, trace = *fact++;
    const bool constant = *fact++ != 0;
    if (!std::isfinite(total)) check_finite(variable.rows, variable.name);
    out.push_back({constant, (total - trace) / (m * (m - 1)), trace - total / m});
  }
  return out;
}

// The same by whole matrices: on a GPU, and where the value must keep its graph.
Dependences by_matrices(const std::vector<KernelVariable>& variables,
                        const std::vector<GramPair>& pairs, bool unbiased) {
  const int64_t n = variables[0].rows.size(0);
  if (variables[0].rows.is_cpu()) {
    const auto entry = static_cast<int64_t>(variables[0].rows.element_size());
    const auto matrices = 4 * static_cast<int64_t>(variables.size());  // kept for the backward pass
    check_memory(n, matrices * entry, "take fewer rows, or leave out the gradient");
  }
  std::vector<Tensor> grams;
  for (const auto& variable : variables) grams.push_back(gram_matrix(variable));
  Dependences out{{}, look_at(variables, grams)};
  std::vector<Tensor> rows, totals;
  for (Tensor& gram : grams) {
    if (unbiased) gram = gram - gram.diagonal().diag();
    rows.push_back(gram.sum(1, /*keepdim=*/false, at::kDouble));
    totals.push_back(rows.back().sum());
  }
  const auto m = static_cast<double>(n);
  for (const auto& [k, l] : pairs) {
    const PairSums<Tensor> sums{(grams[k] * grams[l]).sum(at::kDouble), rows[k].dot(rows[l]),
                                totals[k], totals[l]};
    Tensor value = unbiased ? unbiased_hsic(sums, m) : biased_hsic(sums, m);
    if (out.seen[k].constant || out.seen[l].constant) value = value * 0;  // as its gradient is
    out.values.push_back(value);
  }
  return out;
}

Dependences dependences(const std::vector<KernelVariable>& variables,
                        const std::vector<GramPair>& pairs, bool unbiased) {
  bool whole = false;
  for (const auto& variable : variables) {
    check_same_rows(variables[0].rows, variables[0].name, variable.rows, variable.name);
    whole |= !variable.rows.is_cpu();
    whole |= at::GradMode::is_enabled() && variable.rows.requires_grad();
  }
  check_rows(variables[0].rows.size(0), unbiased ? 4 : 2, unbiased ? "unbiased hsic" : "hsic");
  return whole ? by_matrices(variables, pairs, unbiased) : by_tiles(variables, pairs, unbiased);
}

const Bandwidth& width_of(const std::optional<Bandwidth>& own, const HSICOptions& options) {
  return own ? *own : options.sigma;
}

void check_options(const HSICOptions& options) {
  parse_kernel(options.kernel);
  parse_reference(options.reference);
  check_bandwidth(options.sigma, "sigma");
  if (options.sigma_x) check_bandwidth(*options.sigma_x, "sigma_x");
  if (options.sigma_t) check_bandwidth(*options.sigma_t, "sigma_t");
  if (options.sigma_y) check_bandwidth(*options.sigma_y, "sigma_y");
}

// Variables under their kernels, then the estimates of pairs of them.
class Measurement {
 public:
  explicit Measurement(const HSICOptions& options) : options_(options) {}

  // `median` is called only where the width is one; 0 where there is none.
  size_t add(const std::string& name, const Tensor& rows, const std::optional<Bandwidth>& own,
             const std::function<double()>& median) {
    KernelVariable variable{name, continuous(rows, name), {parse_kernel(options_.kernel), 1}};
    warnings_.emplace_back();
    if (variable.kernel.kind == Kernel::Kind::gaussian) set_width(variable, own, median);
    variables_.push_back(std::move(variable));
    return variables_.size() - 1;
  }

  std::vector<Estimate> run(const std::vector<GramPair>& pairs, const std::string& spec) {
    const Dependences measured = dependences(variables_, pairs, options_.unbiased);
    for (size_t v = 0; v < variables_.size(); ++v) explain(v, measured.seen[v]);
    std::vector<Estimate> out;
    for (size_t p = 0; p < pairs.size(); ++p) {
      const auto [k, l] = pairs[p];
      Estimate estimate;
      estimate.estimator = spec;
      estimate.value = measured.values[p];
      estimate.unit = Unit::none;
      estimate.n = variables_[0].rows.size(0);
      const auto freedom = static_cast<double>(estimate.n - 1);
      // tr(HKH PHLHPᵀ), averaged over all permutations P, is tr(HKH) tr(HLH)/(m−1).
      estimate.null_mean = options_.unbiased
                               ? 0
                               : measured.seen[k].centred_trace * measured.seen[l].centred_trace /
                                     (freedom * freedom * freedom);
      estimate.warnings = warnings_[k];
      estimate.warnings.insert(estimate.warnings.end(), warnings_[l].begin(), warnings_[l].end());
      out.push_back(std::move(estimate));
    }
    return out;
  }

 private:
  void set_width(KernelVariable& variable, const std::optional<Bandwidth>& own,
                 const std::function<double()>& median) {
    const Bandwidth& width = width_of(own, options_);
    double& sigma = variable.kernel.sigma;
    sigma = width.median ? median() : width.value;
    if (sigma != 0) check_bandwidth(sigma, "the median distance of " + variable.name);
    if (width.median && sigma == 0) {
      sigma = 1;
      warnings_.back().push_back(fmt::format(
          "{}: there is no median distance where all rows are equal; sigma is 1", variable.name));
    }
    if (!width.median && options_.scale_by_dimension) {
      sigma *= std::sqrt(static_cast<double>(variable.rows.size(1)));
    }
  }

  void explain(size_t v, const Seen& seen) {
    const KernelVariable& variable = variables_[v];
    if (seen.constant) {
      warnings_[v].push_back(fmt::format("{} is constant: HSIC is 0", variable.name));
    } else if (variable.kernel.kind == Kernel::Kind::gaussian &&
               (seen.mean_entry < 0.01 || seen.mean_entry > 0.99)) {
      warnings_[v].push_back(fmt::format(
          "kernel saturated at this sigma: the mean off-diagonal Gram entry of {} is {:.2g} at "
          "sigma = {:.4g}",
          variable.name, seen.mean_entry, variable.kernel.sigma));
    }
  }

  const HSICOptions& options_;
  std::vector<KernelVariable> variables_;
  std::vector<std::vector<std::string>> warnings_;  // of each variable
};

Estimate estimate_pair(const Tensor& x, const Tensor& y, const HSICOptions& options,
                       const std::string& spec) {
  Measurement measurement(options);
  measurement.add("x", x, options.sigma_x, [&] { return median_distance(continuous(x, "x")); });
  measurement.add("y", y, options.sigma_y, [&] { return median_distance(continuous(y, "y")); });
  return measurement.run({{0, 1}}, spec)[0];
}

}  // namespace

Estimate hsic(const Tensor& x, const Tensor& y, const HSICOptions& options) {
  check_options(options);
  return estimate_pair(x, y, options, spec_text("hsic", options));
}

HSIC::HSIC(const HSICOptions& options) : Estimator(spec_text("hsic", options)), options_(options) {
  check_options(options);
}

Estimate HSIC::estimate(const Tensor& x, const Tensor& y) const {
  return estimate_pair(x, y, options_, spec());
}

void HSIC::fit(const Segment& segment, Fit& fit) const {
  if (parse_kernel(options_.kernel) == Kernel::Kind::linear) return;
  const auto add = [&](const std::string& key, const Tensor& rows,
                       const std::optional<Bandwidth>& own) {
    if (width_of(own, options_).median) {
      fit.add("sigma " + key, median_distance(continuous(flatten_rows(rows), key)));
    }
  };
  add("x", segment.x, options_.sigma_x);
  add("y", label_matrix(segment, segment.x), options_.sigma_y);
  for (const auto& layer : segment.layers) add(layer.name, layer.value, options_.sigma_t);
}

std::vector<Coordinates> HSIC::evaluate(const Segment& segment, const Fit& fit) const {
  Measurement measurement(options_);
  const auto add = [&](const std::string& name, const Tensor& rows,
                       const std::optional<Bandwidth>& own) {
    return measurement.add(name, flatten_rows(rows), own,
                           [&] { return fit.mean("sigma " + name); });
  };
  const size_t x = add("x", segment.x, options_.sigma_x);
  const size_t y = add("y", label_matrix(segment, segment.x), options_.sigma_y);
  std::vector<GramPair> pairs;
  for (const auto& layer : segment.layers) {
    const size_t t = add(layer.name, layer.value, options_.sigma_t);
    pairs.emplace_back(t, x);
    pairs.emplace_back(t, y);
  }
  const std::vector<Estimate> estimates = measurement.run(pairs, spec());
  std::vector<Coordinates> out;
  for (size_t p = 0; p < pairs.size(); p += 2) out.push_back({estimates[p], estimates[p + 1]});
  return out;
}

}  // namespace glow
