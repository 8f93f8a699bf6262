#include "glow/information/nsb.h"

#include <algorithm>
#include <cmath>

#include "glow/core/stop.h"
#include "glow/information/special.h"

namespace glow {
namespace {

constexpr double kAsymptotic = 10;  // from here on the asymptotic series have all digits

// 1/x + 1/2x² − ψ'(x), for x not below kAsymptotic.
double nsb_trigamma_rest(double x) {
  const double r = 1 / (x * x);
  return -r / x *
         (1.0 / 6 -
          r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66 - r * 691.0 / 2730)))));
}
double nsb_trigamma(double x) {
  double sum = 0;
  for (; x < kAsymptotic; x += 1) sum += 1 / (x * x);
  return sum + 1 / x + 0.5 / (x * x) - nsb_trigamma_rest(x);
}

// 1/x − ψ'(x+1), which is about 1/2x²: without the difference where x is large.
double nsb_tail(double x) {
  if (x < kAsymptotic) return 1 / x - nsb_trigamma(x + 1);
  return 0.5 / (x * x) + nsb_trigamma_rest(x);
}

// dξ/dβ = A ψ'(Aβ+1) − ψ'(β+1).
double nsb_prior(double beta, double alphabet) {
  if (beta < 1) return alphabet * nsb_trigamma(alphabet * beta + 1) - nsb_trigamma(beta + 1);
  return nsb_tail(beta) - alphabet * nsb_tail(alphabet * beta);
}

// ln Γ(x) − [(x−½) ln x − x + ½ ln 2π].
double nsb_stirling_rest(double x) {
  const double r = 1 / (x * x);
  return 1 / x *
         (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * 1.0 / 1188))));
}

// ln Γ(x+n) − ln Γ(x) − n ln x, to the same absolute precision for all x.
double nsb_log_rising(double x, double n) {
  if (x < kAsymptotic) return std::lgamma(x + n) - std::lgamma(x) - n * std::log(x);
  return (x + n - 0.5) * std::log1p(n / x) - n + nsb_stirling_rest(x + n) - nsb_stirling_rest(x);
}

// What the integrals over u = ln β are made of.
class NsbIntegrand {
 public:
  NsbIntegrand(const CountGroups& counts, double alphabet)
      : groups_(counts.groups), n_(counts.n), alphabet_(alphabet) {
    if (alphabet > counts.seen) groups_.push_back({0, alphabet - counts.seen});
  }

  // ln of the posterior density of u, but for a constant: likelihood, prior of β, dβ/du.
  double log_density(double u) const {
    const double beta = std::exp(u);
    double sum = -nsb_log_rising(alphabet_ * beta, n_);
    for (const auto& [count, symbols] : groups_) {
      if (count > 0) sum += symbols * nsb_log_rising(beta, count);
    }
    return sum + std::log(nsb_prior(beta, alphabet_)) + u;
  }

  // ⟨H⟩ and ⟨H²⟩ of Dirichlet(n_i + β).
  std::pair<double, double> moments(double u) const {
    const double beta = std::exp(u), total = n_ + alphabet_ * beta;
    const double ground = digamma(total + 2), slope = nsb_trigamma(total + 2);
    double sum = 0, squares = 0, alphas = 0, own = 0, first = 0;
    for (const auto& [count, symbols] : groups_) {
      const double alpha = count + beta, psi = digamma(alpha + 1);
      const double once = psi - ground, twice = once + 1 / (alpha + 1);
      first += symbols * alpha * psi;
      sum += symbols * alpha * once;
      squares += symbols * alpha * once * alpha * once;
      alphas += symbols * alpha * alpha;
      own += symbols * alpha * (alpha + 1) * (twice * twice + nsb_trigamma(alpha + 2) - slope);
    }
    const double pairs = sum * sum - squares - slope * (total * total - alphas);
    return {digamma(total + 1) - first / total, (pairs + own) / (total * (total + 1))};
  }

  // Where the density has anything: below, β is too small for a second symbol, above, it cannot be
  // told from a uniform law.
  double lowest() const { return -std::log(alphabet_) - 45; }
  double highest() const { return 2 * std::log(n_) + 45; }

 private:
  std::vector<CountGroups::Group> groups_;
  double n_, alphabet_;
};

struct NsbWindow {
  double low, high, top;  // u, and the largest log density
};

// The part of the axis where the density is more than e^-36 of its largest.
NsbWindow nsb_window(const NsbIntegrand& integrand) {
  constexpr int kPoints = 64;
  constexpr double kDepth = 36;
  NsbWindow window{integrand.lowest(), integrand.highest(), 0};
  while (true) {
    const double step = (window.high - window.low) / kPoints;
    std::vector<double> log_density;
    for (int i = 0; i <= kPoints; ++i) {
      log_density.push_back(integrand.log_density(window.low + i * step));
    }
    window.top = *std::max_element(log_density.begin(), log_density.end());
    const auto inside = [&](double value) { return value > window.top - kDepth; };
    const auto first = std::find_if(log_density.begin(), log_density.end(), inside);
    const auto last = std::find_if(log_density.rbegin(), log_density.rend(), inside);
    // One point more at both ends, for the density may lie between.
    const auto left = std::max<std::ptrdiff_t>(0, first - log_density.begin() - 1);
    const auto right = std::max<std::ptrdiff_t>(0, last - log_density.rbegin() - 1);
    window.high -= static_cast<double>(right) * step;
    window.low += static_cast<double>(left) * step;
    if (left + right <= kPoints / 2) return window;
  }
}

}  // namespace

Posterior nsb_entropy(const CountGroups& counts, double alphabet) {
  if (alphabet <= 1) return {};
  const NsbIntegrand integrand(counts, alphabet);
  const NsbWindow window = nsb_window(integrand);
  double weight = 0, first = 0, second = 0;
  const auto add = [&](double u) {
    const double density = std::exp(integrand.log_density(u) - window.top);
    const auto [mean, square] = integrand.moments(u);
    weight += density;
    first += density * mean;
    second += density * square;
  };
  // The ends have no weight: the sum over equal steps is the trapezoidal rule, which on a smooth
  // function that is 0 at both ends gains digits with every halving.
  constexpr int kFewest = 64, kMost = 1 << 14;
  constexpr double kPrecision = 1e-11;
  const double length = window.high - window.low;
  for (int i = 0; i <= kFewest; ++i) add(window.low + i * length / kFewest);
  Posterior out;
  for (int steps = kFewest; steps <= kMost; steps *= 2) {
    check_stop();
    for (int i = 0; i < steps; ++i) add(window.low + (i + 0.5) * length / steps);
    const double before = out.mean;
    out.mean = first / weight;
    out.deviation = std::sqrt(std::max(0.0, second / weight - out.mean * out.mean));
    if (std::abs(out.mean - before) <= kPrecision * out.mean) break;
  }
  return out;
}

}  // namespace glow
