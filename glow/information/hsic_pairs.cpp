#include "glow/information/hsic_pairs.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "glow/core/error.h"
#include "glow/information/checks.h"
#include "glow/information/sorted_distances.h"

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

// Of a sum of products of Gram entries, relative: those of single precision carry its rounding.
double rounding_of(const std::vector<KernelVariable>& variables) {
  const bool single = std::all_of(variables.begin(), variables.end(), [](const auto& variable) {
    return variable.rows.scalar_type() == at::kFloat;
  });
  return single ? 1e-10 : 1e-12;
}

// By the order of values, which one column has.
bool sortable(const std::vector<KernelVariable>& variables) {
  return std::all_of(variables.begin(), variables.end(), [](const auto& variable) {
    return variable.kernel.kind == Kernel::Kind::distance && variable.rows.size(1) == 1;
  });
}

HSICPairs pairs_by_sums(const std::vector<KernelVariable>& variables,
                        const std::vector<GramPair>& pairs, bool unbiased) {
  const GramStatistics statistics =
      sortable(variables) ? sorted_distances(variables, pairs) : gram_statistics(variables, pairs);
  const auto m = static_cast<double>(variables[0].rows.size(0));
  const double rounding = rounding_of(variables);
  HSICPairs out;
  for (const auto& k : statistics.variables) {
    out.facts.push_back({k.constant, (k.total - k.trace) / (m * (m - 1)), k.trace - k.total / m});
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
    out.rounding.push_back(
        at::scalar_tensor(std::abs(sums.product) / (m * m) * rounding, at::kDouble));
  }
  return out;
}

// What the Gram matrices were like, read to the host in one copy; totals and traces are 0-d.
std::vector<KernelFacts> facts_of(const std::vector<KernelVariable>& variables,
                                  const std::vector<Tensor>& totals,
                                  const std::vector<Tensor>& traces) {
  std::vector<Tensor> read;
  for (size_t v = 0; v < variables.size(); ++v) {
    const Tensor rows = variables[v].rows.detach();
    read.push_back(totals[v].detach());
    read.push_back(traces[v].detach());
    read.push_back((rows == rows.slice(0, 0, 1)).all().to(at::kDouble));
  }
  const Tensor host = at::stack(read).to(at::kCPU);
  const double* fact = host.const_data_ptr<double>();
  const auto m = static_cast<double>(variables[0].rows.size(0));
  std::vector<KernelFacts> out;
  for (const auto& variable : variables) {
    const double total = *fact++, trace = *fact++;
    const bool constant = *fact++ != 0;
    if (!std::isfinite(total + trace)) check_finite(variable.rows, variable.name);
    out.push_back({constant, (total - trace) / (m * (m - 1)), trace - total / m});
  }
  return out;
}

void push_value(HSICPairs& out, const GramPair& pair, const PairSums<Tensor>& sums, double m,
                bool unbiased, double rounding) {
  Tensor value = unbiased ? unbiased_hsic(sums, m) : biased_hsic(sums, m);
  if (out.facts[pair.first].constant || out.facts[pair.second].constant) {
    value = value * 0;  // as its gradient is
  }
  out.values.push_back(value);
  out.rounding.push_back(sums.product.detach().abs() * (rounding / (m * m)));
}

// The same by whole matrices: on a GPU, and where the value must keep its graph.
HSICPairs pairs_by_matrices(const std::vector<KernelVariable>& variables,
                            const std::vector<GramPair>& pairs, bool unbiased) {
  const int64_t n = variables[0].rows.size(0);
  if (variables[0].rows.is_cpu()) {
    const auto matrices = 4 * static_cast<int64_t>(variables.size());  // kept for the backward pass
    check_memory(n, matrices * 8, "take fewer rows, or leave out the gradient");
  }
  std::vector<Tensor> grams, totals, traces;
  for (const auto& variable : variables) {
    // Products of equal entries would all be rounded to the same side in single precision.
    grams.push_back(gram_matrix(variable).to(at::kDouble));
    totals.push_back(grams.back().detach().sum());
    traces.push_back(grams.back().detach().diagonal().sum());
  }
  HSICPairs out{{}, {}, facts_of(variables, totals, traces)};
  std::vector<Tensor> rows;
  for (size_t v = 0; v < grams.size(); ++v) {
    if (unbiased) grams[v] = grams[v] - grams[v].diagonal().diag();
    rows.push_back(grams[v].sum(1));
    totals[v] = rows[v].sum();
  }
  for (const auto& pair : pairs) {
    const auto [k, l] = pair;
    push_value(out, pair, {(grams[k] * grams[l]).sum(), rows[k].dot(rows[l]), totals[k], totals[l]},
               static_cast<double>(n), unbiased, rounding_of(variables));
  }
  return out;
}

// Linear kernels of centred rows: Σ K∘L = ‖XᵀY‖², and K1 = 0.
HSICPairs pairs_by_features(const std::vector<KernelVariable>& variables,
                            const std::vector<GramPair>& pairs, bool unbiased) {
  const auto m = static_cast<double>(variables[0].rows.size(0));
  std::vector<Tensor> centred, diagonals, totals, traces;
  for (const auto& variable : variables) {
    const Tensor rows = variable.rows.to(at::kDouble);
    // From the first row, so that constant columns become exactly zero.
    const Tensor shifted = rows - rows.slice(0, 0, 1);
    centred.push_back(shifted - shifted.mean(0, /*keepdim=*/true));
    diagonals.push_back((centred.back() * centred.back()).sum(1));
    traces.push_back(diagonals.back().sum());
    totals.push_back(at::zeros_like(traces.back()));
  }
  HSICPairs out{{}, {}, facts_of(variables, totals, traces)};
  for (const auto& pair : pairs) {
    const auto [k, l] = pair;
    PairSums<Tensor> sums{at::mm(centred[k].t(), centred[l]).square().sum(), totals[k], totals[k],
                          totals[l]};
    if (unbiased) {
      sums.rows = diagonals[k].dot(diagonals[l]);
      sums.product = sums.product - sums.rows;
      sums.k_total = -traces[k];
      sums.l_total = -traces[l];
    }
    push_value(out, pair, sums, m, unbiased, 1e-12);
  }
  return out;
}

}  // namespace

HSICPairs hsic_pairs(const std::vector<KernelVariable>& variables,
                     const std::vector<GramPair>& pairs, bool unbiased) {
  bool whole = false, narrow = true;
  for (const auto& variable : variables) {
    whole |= !variable.rows.is_cpu();
    whole |= at::GradMode::is_enabled() && variable.rows.requires_grad();
    narrow &= variable.kernel.kind == Kernel::Kind::linear &&
              variable.rows.size(1) < variable.rows.size(0);
  }
  if (narrow) return pairs_by_features(variables, pairs, unbiased);
  return whole ? pairs_by_matrices(variables, pairs, unbiased)
               : pairs_by_sums(variables, pairs, unbiased);
}

std::string saturation_warning(const KernelVariable& variable, const KernelFacts& facts) {
  return fmt::format(
      "kernel saturated at this sigma: the mean off-diagonal Gram entry of {} is {:.2g} at sigma = "
      "{:.4g}",
      variable.name, facts.mean_entry, variable.kernel.sigma);
}

double null_hsic(const KernelFacts& k, const KernelFacts& l, int64_t m) {
  const auto freedom = static_cast<double>(m - 1);
  // tr(HKH PHLHPᵀ), averaged over all permutations P, is tr(HKH) tr(HLH)/(m−1).
  return k.centred_trace * l.centred_trace / (freedom * freedom * freedom);
}

Tensor alignment(const Tensor& xy, const Tensor& xx, const Tensor& yy) {
  return xy / (xx.sqrt() * yy.sqrt());
}

Alignments alignments(const std::vector<KernelVariable>& variables,
                      const std::vector<GramPair>& pairs, bool unbiased) {
  std::vector<GramPair> all = pairs;
  for (size_t v = 0; v < variables.size(); ++v) all.emplace_back(v, v);
  const HSICPairs measured = hsic_pairs(variables, all, unbiased);
  std::vector<Tensor> read;
  for (size_t v = 0; v < variables.size(); ++v) {
    read.push_back(measured.values[pairs.size() + v].detach());
    read.push_back(measured.rounding[pairs.size() + v]);
  }
  const Tensor host = at::stack(read).to(at::kCPU);
  const double* self = host.const_data_ptr<double>();  // and its rounding
  Alignments out{{}, {}, {}, measured.facts};
  for (size_t v = 0; v < variables.size(); ++v) {
    out.flat.push_back(measured.facts[v].constant || !(self[2 * v] > self[2 * v + 1]));
  }
  const int64_t m = variables[0].rows.size(0);
  for (size_t p = 0; p < pairs.size(); ++p) {
    const auto [k, l] = pairs[p];
    const bool flat = out.flat[k] || out.flat[l];
    out.values.push_back(flat ? measured.values[p] * 0
                              : alignment(measured.values[p], measured.values[pairs.size() + k],
                                          measured.values[pairs.size() + l]));
    out.null_means.push_back(unbiased || flat ? 0
                                              : null_hsic(measured.facts[k], measured.facts[l], m) /
                                                    std::sqrt(self[2 * k] * self[2 * l]));
  }
  return out;
}

std::string flat_warning(const std::string& variable, bool constant, const std::string& what) {
  return constant
             ? fmt::format("{} is constant: {} is 0", variable, what)
             : fmt::format("all rows of {} look as far from each other: {} is 0", variable, what);
}

}  // namespace glow
