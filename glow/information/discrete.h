// Entropies and mutual information of discrete variables.
#pragma once

#include <string>
#include <vector>

#include "glow/information/entropy.h"
#include "glow/information/estimator.h"
#include "glow/information/symbols.h"

namespace glow {

/// Whether rows of x (n, d) may be taken as symbols: whole numbers, of whatever type, or at most
/// 256 distinct values (of eight bits), each seen ten times on average. O(n d).
bool is_discrete(const Tensor& x);

/// H(X) in nats of x (n, d): equal rows are one symbol (0 equals −0), its entropy corrected as
/// `entropy` describes. n >= 1.
///
/// Standard error: with `nsb` the standard deviation of the posterior; else that of the plug-in
/// entropy, √max(V/n − s, s), V = Var(−ln p̂), where s = (K−1)/2n² is the variance of χ²/2n, which
/// is what is left at a uniform law. Ceiling, of the plug-in entropy: ln n. Warns of a constant, of
/// fewer than two samples a symbol, and of values that are not discrete. O(n d). Throws ValueError
/// on NaN or infinity.
Estimate discrete_entropy(const Tensor& x, EntropyCorrection correction = EntropyCorrection::none);

/// I(X;Y) = H(X) + H(Y) − H(X,Y) in nats of x (n, dx) and y (n, dy), each entropy corrected as
/// `mutual_information` describes. n >= 2; not clipped; exactly 0, with a warning, where one of
/// them is constant.
///
/// Standard error: that of the plug-in information, to leading order the same for all corrections,
/// √max(V/n − s, s), V = Var(ln p̂(x,y)/p̂(x)p̂(y)), s = |K_xy − K_x − K_y + 1|/2n², which is what is
/// left where X and Y are independent, or one a uniform function of the other. Ceiling, of the
/// plug-in information: min(Ĥ(X), Ĥ(Y)). Warns of fewer than two samples a seen pair of symbols,
/// otherwise as `discrete_entropy`.
///
/// V/n: Hutter & Zaffalon 2005, Comput. Stat. Data Anal. 48, 633; χ²: Miller 1955, Note on the bias
/// of information estimates.
Estimate discrete_mutual_information(const Tensor& x, const Tensor& y,
                                     EntropyCorrection correction = EntropyCorrection::none);

/// Standard errors of the plug-in entropy and information in nats: √(Var(ln p̂)/n), and what is left
/// of it where that vanishes.
double entropy_error(const Symbols& x);
double information_error(const Symbols& x, const Symbols& y);

/// The estimators `plugin`, `miller_madow`, `grassberger`, `chao_shen`, `james_stein` and `nsb`,
/// one for each correction; they have no keys. On a layer as `Binned`, with the layer's rows as
/// symbols: complexity H(T) while the segment is deterministic, else none; generalization I(T;Y).
/// Throws ValueError, which names `binned`, on a layer or targets that are not discrete.
class Discrete : public InformationEstimator {
 public:
  explicit Discrete(EntropyCorrection correction = EntropyCorrection::none);

  EntropyCorrection correction() const { return correction_; }

  Estimate estimate(const Tensor& x, const Tensor& y) const override;
  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override;

 private:
  EntropyCorrection correction_;
};

}  // namespace glow
