// The synthetic data of Shwartz-Ziv and Tishby (2017, arXiv 1703.00810): all 4096 patterns of 12
// bits, as exact rules.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "glow/datasets/splits.h"

namespace glow::datasets::szt {

struct SZTOptions {
  std::string rule = "var_u";  // or g1, g2
  bool stochastic = false;
  double gamma = 8.2542;
  int64_t seed = 0;

  static constexpr auto fields() {
    using O = SZTOptions;
    return std::tuple{
        Field{"rule", &O::rule, "var_u (the paper's figures), g1 or g2"},
        Field{"stochastic", &O::stochastic,
              "draw the labels of var_u from p(y=1|x) = 1/(1 + exp(-gamma (s - 98.5)))"},
        Field{"gamma", &O::gamma, "of p(y=1|x); 8.2542 gives I(X;Y) = 0.99 bits"},
        Field{"seed", &O::seed, "of the drawn labels"}};
  }
};

/// x (4096, 12) float32 of 0 and 1, row r the number r with its highest bit first; two classes.
/// There is no test set. Throws ValueError on an unknown rule, or `stochastic` with g1 or g2.
DataPair load(const SZTOptions& options = {});
Loaders load_data(const LoadOptions& options = {}, const SZTOptions& set = {});

/// (4096) float64: s(x) of var_u, an integer; y = 1 where it is at least 99. The twelve inputs are
/// the vertices of an icosahedron: s = 23 n + e_adjacent − 5 e_middle − 8 e_opposite, the number of
/// ones and of pairs of ones at its three distances.
Tensor score();

/// (4096) float64: p(y = 1 | x) of the stochastic version.
Tensor probability(double gamma = SZTOptions{}.gamma);

}  // namespace glow::datasets::szt
