// HSIC of pairs of variables: the numbers that hsic, cka and dcor are made of.
#pragma once

#include <string>
#include <vector>

#include "glow/information/gram_sums.h"

namespace glow {

/// One variable as its kernel saw it.
struct KernelFacts {
  bool constant = false;     // all rows are equal
  double mean_entry = 0;     // off the diagonal
  double centred_trace = 0;  // tr(HKH)
};

/// The mean of biased HSIC under permutation of the rows of one of them, m rows each.
double null_hsic(const KernelFacts& k, const KernelFacts& l, int64_t m);

/// "kernel saturated at this sigma" and how much.
std::string saturation_warning(const KernelVariable& variable, const KernelFacts& facts);

struct HSICPairs {
  std::vector<Tensor> values;      // of each pair, 0-d float64; with a graph where one is wanted
  std::vector<Tensor> rounding;    // of each pair: what is not above it is nothing but rounding
  std::vector<KernelFacts> facts;  // of each variable
};

/// tr(KHLH)/(m−1)², or the U-statistic, of each pair; 0 where a variable is constant. Variables
/// with as many rows, at least 2, or 4 for the U-statistic. Linear kernels of fewer columns than
/// rows take O(m d²) in float64, distances in one dimension O(m log m); else tiles of Gram matrices
/// O(m² d) and O(m) memory; with a graph or on a GPU whole matrices. Throws ValueError on NaN or
/// infinity.
///
/// Gretton et al. 2005, ALT, definition 2 (biased); Song et al. 2012, JMLR 13, eq. 5 (unbiased).
HSICPairs hsic_pairs(const std::vector<KernelVariable>& variables,
                     const std::vector<GramPair>& pairs, bool unbiased);

/// HSIC(x, y)/√(HSIC(x, x) HSIC(y, y)), where those two are above rounding.
Tensor alignment(const Tensor& xy, const Tensor& xx, const Tensor& yy);

struct Alignments {
  std::vector<Tensor> values;      // of each pair; 0 where a variable is flat
  std::vector<double> null_means;  // of each pair: under permutation of the rows of one
  // Of each variable: HSIC with itself is nothing but rounding, for it is constant, or all its rows
  // are as far from each other.
  std::vector<bool> flat;
  std::vector<KernelFacts> facts;  // of each variable
};

/// The alignment of each pair, by `hsic_pairs`.
Alignments alignments(const std::vector<KernelVariable>& variables,
                      const std::vector<GramPair>& pairs, bool unbiased);

/// "x is constant: CKA is 0" or in what way else it is flat; `what` is the name of the alignment.
std::string flat_warning(const std::string& variable, bool constant, const std::string& what);

}  // namespace glow
