#include "glow/information/entropy.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/information/nsb.h"

namespace glow {
namespace {

double plug_in(const CountGroups& counts) {
  double sum = 0;
  for (const auto& [count, symbols] : counts.groups) {
    sum += symbols * count / counts.n * std::log(counts.n / count);
  }
  return sum;
}

double miller_madow(const CountGroups& counts) {
  return plug_in(counts) + (counts.seen - 1) / (2 * counts.n);
}

// G(1) = −γ − ln 2, G(2) = 2 − γ − ln 2, G(2k+1) = G(2k), G(2k+2) = G(2k) + 2/(2k+1).
double grassberger(const CountGroups& counts) {
  double even = 2 - std::numbers::egamma - std::numbers::ln2, at = 2, sum = 0;
  for (const auto& [count, symbols] : counts.groups) {
    for (; at + 2 <= count; at += 2) even += 2 / (at + 1);
    sum += symbols * count / counts.n * (count == 1 ? even - 2 : even);
  }
  return std::log(counts.n) - sum;
}

double chao_shen(const CountGroups& counts) {
  double once = counts.groups[0].count == 1 ? counts.groups[0].symbols : 0;
  if (once == counts.n) once -= 1;  // a coverage of 0 says nothing of the seen symbols
  const double coverage = 1 - once / counts.n;
  double sum = 0;
  for (const auto& [count, symbols] : counts.groups) {
    const double p = coverage * count / counts.n;
    const double found = -std::expm1(counts.n * std::log1p(-p));  // 1 − (1−p)ⁿ
    sum += symbols * p * std::log(1 / p) / found;
  }
  return sum;
}

double james_stein(const CountGroups& counts, double alphabet) {
  const double target = 1 / alphabet, unseen = alphabet - counts.seen;
  double squares = 0, distance = unseen * target * target;
  for (const auto& [count, symbols] : counts.groups) {
    const double p = count / counts.n;
    squares += symbols * p * p;
    distance += symbols * (p - target) * (p - target);
  }
  const double lambda = counts.n == 1 || distance == 0
                            ? 1
                            : std::clamp((1 - squares) / ((counts.n - 1) * distance), 0.0, 1.0);
  const auto term = [](double p) { return p > 0 ? p * std::log(1 / p) : 0; };
  double sum = unseen * term(lambda * target);
  for (const auto& [count, symbols] : counts.groups) {
    sum += symbols * term(lambda * target + (1 - lambda) * count / counts.n);
  }
  return sum;
}

double corrected(const CountGroups& groups, EntropyCorrection correction, double symbols) {
  const bool shrinks =
      correction == EntropyCorrection::james_stein || correction == EntropyCorrection::nsb;
  if (groups.seen == 1 && (symbols == 1 || !shrinks)) return 0;
  switch (correction) {
    case EntropyCorrection::none:
      return plug_in(groups);
    case EntropyCorrection::miller_madow:
      return miller_madow(groups);
    case EntropyCorrection::grassberger:
      return grassberger(groups);
    case EntropyCorrection::chao_shen:
      return chao_shen(groups);
    case EntropyCorrection::james_stein:
      return james_stein(groups, symbols);
    case EntropyCorrection::nsb:
      return nsb_entropy(groups, symbols).mean;
  }
  throw ValueError("no such correction");
}

}  // namespace

const std::vector<std::string>& correction_names() {
  static const std::vector<std::string> names{"none",      "miller_madow", "grassberger",
                                              "chao_shen", "james_stein",  "nsb"};
  return names;
}

EntropyCorrection parse_correction(const std::string& text) {
  const auto& names = correction_names();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<EntropyCorrection>(found - names.begin());
  throw ValueError("unknown correction '{}'{}; known: {}", text, did_you_mean(text, names),
                   join(names, ", "));
}

std::string to_string(EntropyCorrection correction) {
  return correction_names()[static_cast<size_t>(correction)];
}

CountGroups group_counts(const std::vector<int64_t>& counts) {
  const int64_t n = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (n == 0) throw ValueError("the entropy of no samples is not defined");
  // Few counts differ, at most √(2n): one logarithm each, and a sum that knows no order.
  std::vector<int64_t> symbols_with(
      static_cast<size_t>(*std::max_element(counts.begin(), counts.end())) + 1);
  for (const int64_t count : counts) ++symbols_with[static_cast<size_t>(count)];
  CountGroups out;
  out.n = static_cast<double>(n);
  out.seen = static_cast<double>(counts.size()) - static_cast<double>(symbols_with[0]);
  for (size_t count = 1; count < symbols_with.size(); ++count) {
    if (symbols_with[count] == 0) continue;
    out.groups.push_back({static_cast<double>(count), static_cast<double>(symbols_with[count])});
  }
  return out;
}

double entropy(const std::vector<int64_t>& counts, EntropyCorrection correction) {
  const CountGroups groups = group_counts(counts);
  return corrected(groups, correction, groups.seen);
}

double entropy(const std::vector<int64_t>& counts, EntropyCorrection correction, int64_t alphabet) {
  const CountGroups groups = group_counts(counts);
  const auto symbols = static_cast<double>(alphabet);
  if (symbols >= groups.seen) return corrected(groups, correction, symbols);
  throw ValueError("{} symbols were seen, more than an alphabet of {} has", groups.seen, alphabet);
}

double mutual_information(const Symbols& a, const Symbols& b, const Symbols& joint,
                          EntropyCorrection correction) {
  return entropy(a.counts, correction) + entropy(b.counts, correction) -
         entropy(joint.counts, correction, a.kinds() * b.kinds());
}

double mutual_information(const Symbols& a, const Symbols& b, EntropyCorrection correction) {
  return mutual_information(a, b, joint_symbols(a, b), correction);
}

}  // namespace glow
