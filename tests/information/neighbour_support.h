// What the tests of nearest-neighbour estimators share.
#pragma once

#include <cmath>
#include <string>

#include "glow/information/estimate.h"
#include "tests/information/support.h"

namespace glow {

/// What NumPy, SciPy and scikit-learn gave: see make_neighbours_vectors.py.
inline const nlohmann::json& neighbour_vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/neighbours.json"));
  return loaded;
}

/// Samples by the names of their streams and the number of the draw.
struct Draw {
  int64_t n;
  int number;

  Tensor normal(const std::string& name, int64_t columns = 1) const {
    return at::randn({n, columns}, make_generator(0, name, number), at::kDouble);
  }
  Tensor uniform(const std::string& name) const {
    return at::rand({n, 1}, make_generator(0, name, number), at::kDouble);
  }
  Tensor exponential(const std::string& name) const { return -(1 - uniform(name)).log(); }
  Tensor labels(int64_t low, int64_t high) const {
    return at::randint(low, high, {n, 1}, make_generator(0, "labels", number), at::kLong);
  }
  /// Correlated with normal("x").
  Tensor partner(double rho) const {
    return rho * normal("x") + std::sqrt(1 - rho * rho) * normal("y");
  }
};

/// The mean of estimates on 100 samples of 1000. Tests of it allow the bias plus five standard
/// errors of the mean (half a standard deviation), both measured once on 200 other samples (50 for
/// lnc and weighted_kl).
template <class Estimator>
double mean_of_100(Estimator estimator) {
  double sum = 0;
  for (int draw = 0; draw < 100; ++draw) sum += estimator(Draw{1000, draw}).number();
  return sum / 100;
}

inline double gaussian_information(double rho) { return -0.5 * std::log(1 - rho * rho); }

}  // namespace glow
