// Entropies of discrete symbols, from their counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "glow/information/symbols.h"

namespace glow {

enum class EntropyCorrection { none, miller_madow };

/// Throws ValueError on any other word than `none` and `miller_madow`.
EntropyCorrection parse_correction(const std::string& text);

/// Ĥ = −Σ p̂ ln p̂ in nats; Miller-Madow adds (K−1)/(2n), K symbols seen n times in all. The same
/// bits in whatever order the counts come; exactly 0 for one symbol and ln n for n of them.
///
/// Miller 1955, Note on the bias of information estimates.
double entropy(const std::vector<int64_t>& counts,
               EntropyCorrection correction = EntropyCorrection::none);

/// Ĥ(A) + Ĥ(B) − Ĥ(A,B) in nats, which is Ĥ(A) − Σ p̂(b) Ĥ(A|b) with either correction. Not clipped:
/// corrected, it may be negative.
double mutual_information(const Symbols& a, const Symbols& b,
                          EntropyCorrection correction = EntropyCorrection::none);

}  // namespace glow
