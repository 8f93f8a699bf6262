// The estimator that the data ask for.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "glow/core/fields.h"
#include "glow/information/neighbour_estimator.h"

namespace glow {

/// What was chosen, and why, in words.
struct Choice {
  std::string spec;
  std::string why;
  bool x_discrete = false, y_discrete = false;
};

struct AutoOptions {
  std::string discrete = {}, continuous = {};
  bool errors = false;

  static constexpr auto fields() {
    using O = AutoOptions;
    return std::tuple{
        Field{"discrete", &O::discrete, "x, y or both: holds classes, whatever it looks like"},
        Field{"continuous", &O::continuous, "x, y or both: holds quantities"},
        Field{"errors", &O::errors, "standard error, by disjoint subsampling if need be"}};
  }
};

/// For x (n, dx) and y (n, dy): both discrete, `grassberger`; one of them, `ross`, or `mixed_ksg`
/// where single values hold a part of the other, as relu's zero; neither, `ksg`, or so `mixed_ksg`,
/// or `gaussian_copula` above ten columns in all, where nearest neighbours are far. Discrete are at
/// most ten distinct rows, or more of whole numbers with five rows each on average; if both are,
/// with five rows a pair, unless the options know better. Throws ValueError on NaN or infinity, or
/// rows that differ.
Choice choose_estimator(const Tensor& x, const Tensor& y, const AutoOptions& options = {});

/// Mutual information in nats by what `choose_estimator` says; the first of the warnings names it.
/// On a layer: no complexity (see `ksg`), and the label by `ross` or `mixed_ksg`.
class Auto : public NeighbourEstimator {
 public:
  explicit Auto(const AutoOptions& options = {});

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  Estimate by(const Choice& choice, const Tensor& x, const Tensor& y) const;

  AutoOptions options_;
};

}  // namespace glow
