#include "glow/information/entropy.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow {

EntropyCorrection parse_correction(const std::string& text) {
  if (text == "none") return EntropyCorrection::none;
  if (text == "miller_madow") return EntropyCorrection::miller_madow;
  throw ValueError("unknown correction '{}'{}; known: none, miller_madow", text,
                   did_you_mean(text, {"none", "miller_madow"}));
}

double entropy(const std::vector<int64_t>& counts, EntropyCorrection correction) {
  const int64_t n = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (n == 0) throw ValueError("the entropy of no samples is not defined");
  // Few counts differ, at most √(2n): one logarithm each, and a sum that knows no order.
  std::vector<int64_t> symbols_with(
      static_cast<size_t>(*std::max_element(counts.begin(), counts.end())) + 1);
  for (const int64_t count : counts) ++symbols_with[static_cast<size_t>(count)];
  double sum = 0;
  for (size_t count = 1; count < symbols_with.size(); ++count) {
    if (symbols_with[count] == 0) continue;
    const auto times = static_cast<double>(count);
    const double share = static_cast<double>(symbols_with[count]) * times / static_cast<double>(n);
    sum += share * std::log(static_cast<double>(n) / times);
  }
  if (correction == EntropyCorrection::miller_madow) {
    const auto seen = static_cast<double>(counts.size()) - static_cast<double>(symbols_with[0]);
    sum += (seen - 1) / (2 * static_cast<double>(n));
  }
  return sum;
}

double mutual_information(const Symbols& a, const Symbols& b, EntropyCorrection correction) {
  return entropy(a.counts, correction) + entropy(b.counts, correction) -
         entropy(joint_symbols(a, b).counts, correction);
}

}  // namespace glow
