// EDGE: the information of hashed variables, in linear time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "glow/core/fields.h"
#include "glow/information/estimator.h"

namespace glow {

struct EdgeOptions {
  int64_t hashes = 16;             // more: less noise, cost in proportion
  double epsilon = 2;              // finer cells are empty where four columns meet four
  std::optional<double> cap = {};  // the paper's U; who knows none needs none
  std::string reference = "first";
  bool errors = false;  // it costs up to two further estimates

  static constexpr auto fields() {
    using O = EdgeOptions;
    return std::tuple{
        Field{"hashes", &O::hashes, "of each variable, with cells epsilon to 4 epsilon wide", true},
        Field{"epsilon", &O::epsilon,
              "the finest cells, in standard deviations times n^(-1/2d), d columns in all", true},
        Field{"cap", &O::cap, "the most information, in nats, that a pair of cells is believed"},
        Field{"reference", &O::reference, "what widths are fitted to: first, snapshot or run"},
        Field{"errors", &O::errors, "standard error by disjoint subsampling"}};
  }
};

/// The weights of an ensemble of estimates with cells of widths t: Σ w = 1 and Σ w tⁱ = 0 for
/// i = 1 … orders, so that what is lost in proportion to tⁱ cancels; of all such the shortest.
/// Throws ValueError unless the t are increasing, positive and more than `orders`.
///
/// Noshad, Zeng, Hero 2018, arXiv 1801.09125.
std::vector<double> edge_weights(const std::vector<double>& t, int64_t orders);

/// Mutual information I(X;Y) in nats of x (n, dx) and y (n, dy), n >= 2, continuous, discrete or
/// mixed, from `hashes` pairs of hashes H(v) = ⌊(v + b)/ε⌋ with cells ε(t) = t n^(−1/2d) standard
/// deviations of each column wide, t from epsilon to 4 epsilon, d columns of x and y together:
///   Î(t) = Σ_ij (N_ij/n) ln(N_ij n / (N_i N_j)),  I = Σ_t w(t) (Î(t) − c(t) Î₀(t)),
/// N the samples that a cell, or a pair of cells, holds. The weights cancel what cells blur in the
/// first and second power of t (`edge_weights`).
///
/// Î₀ is the mean of Î when rows of y are permuted: what pairs of cells share by chance. Where x
/// and y depend on each other fewer pairs of cells meet, and chance adds less; hence the share c =
/// (K − M + 1)/(K₀ − M + 1) of it is taken off, K the pairs that meet (K₀ when permuted) and M the
/// more of the cells of x and of y, fewer than which cannot meet. For independent variables c = 1
/// and the value is 0 on average: `null_mean` is 0, for it is that of the value. With c = 1 always,
/// figure 2 of the paper (a = 0.5, 4.24 nats, n = 2000) would be given 2.7, not 3.2. Bias: strips
/// much thinner than the cells are seen too wide, as there; broad dependence of several columns is
/// overshot (1.93 for 1.66 nats, two columns each, correlation 0.9, n = 5000), most where one of
/// several columns tells classes apart (1.80 for 1.10).
///
/// What else is not as in the paper. It cancels all powers up to d; the weights then have length 15
/// at d = 4, 1300 at d = 8, and turn what is left of the bias into nats, so two is the most. More
/// than four columns of a variable are first projected onto four Gaussian directions (the p-stable
/// hashing of its code), with a warning, for among more every cell holds one sample: the
/// information of these is less. Cells are told apart exactly, not sent to c_H n buckets. `cap`
/// limits ln(N_ij n/(N_i N_j)), as the authors' code does; the paper prints max{g, U} of g = r ln
/// r.
///
/// Class numbers and other discrete variables with five samples a symbol are symbols as they are,
/// without cells; ties share a cell. Any real type, computed in float64; hashes are the same at
/// every call. Not clipped: may be negative. A constant gives 0 and a warning. `ceiling` is that of
/// each hash, ln n, the entropy of symbols and the cap; the extrapolation can pass it, with a
/// warning. Warns when the cap is reached, and when hardly two samples share a cell: then the value
/// tends to 0 whatever the data. With `errors`, `standard_error` (subsampling_error) is twice too
/// large where x and y are independent, for there the variance falls faster than as 1/n. Throws
/// ValueError on NaN or infinity. O(n (dx + dy + hashes)). Not differentiable.
///
/// Noshad, Zeng, Hero 2018, Scalable Mutual Information Estimation using Dependence Graphs, arXiv
/// 1801.09125, eq. 9.
Estimate edge(const Tensor& x, const Tensor& y, const EdgeOptions& options = {});

/// Complexity I(T;X), generalization I(T;Y), class numbers as symbols. Layers always go into cells,
/// whose widths, and those of X and of targets, are fitted to the reference; a column that varies
/// less than a tenth as much as those beside it is measured with that tenth, lest the noise of dead
/// units be hashed. X is hashed once for all layers with as many columns, or more than four.
class Edge : public InformationEstimator {
 public:
  explicit Edge(const EdgeOptions& options = {});

  const EdgeOptions& options() const { return options_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;
  void fit(const Segment& segment, Fit& fit) const override;
  Reference reference() const override { return parse_reference(options_.reference); }

 private:
  EdgeOptions options_;
};

}  // namespace glow
