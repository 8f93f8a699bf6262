// Entropies of discrete symbols, from their counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "glow/information/symbols.h"

namespace glow {

/// How the plug-in entropy, which is too small on average, is corrected.
enum class EntropyCorrection { none, miller_madow, grassberger, chao_shen, james_stein, nsb };

/// Throws ValueError on a word that is none of the names above.
EntropyCorrection parse_correction(const std::string& text);
std::string to_string(EntropyCorrection correction);
/// All of them, `none` first.
const std::vector<std::string>& correction_names();

/// How many symbols were seen how often: all of the counts but their order.
struct CountGroups {
  struct Group {
    double count, symbols;
  };
  std::vector<Group> groups;  // by rising count, from 1
  double n = 0, seen = 0;     // samples, and symbols that have any
};

/// Throws ValueError when there are no samples.
CountGroups group_counts(const std::vector<int64_t>& counts);

/// An entropy in nats of n samples of K seen symbols, p̂ = n_i/n:
///
/// - `none`: Ĥ = −Σ p̂ ln p̂; exactly ln n for n symbols.
/// - `miller_madow`: Ĥ + (K−1)/2n. Miller 1955, Note on the bias of information estimates.
/// - `grassberger`: ln n − Σ p̂ G(n_i), G(n) = ψ(n) + (−1)ⁿ [ψ((n+1)/2) − ψ(n/2)]/2. Grassberger
///   2003, arXiv physics/0307138, eqs. 28, 30 and 35.
/// - `chao_shen`: −Σ C p̂ ln(C p̂) / (1 − (1−C p̂)ⁿ), with the coverage C = 1 − f₁/n of f₁ symbols
///   seen once (n−1 where all are). Chao & Shen 2003, Environ. Ecol. Stat. 10, 429.
/// - `james_stein`: of λ/A + (1−λ) p̂ over an alphabet of A symbols, the λ that Hausser & Strimmer
///   2009, JMLR 10, eq. 6 take from the data.
/// - `nsb`: the posterior mean, see nsb.h.
///
/// A, for the last two, is the number of seen symbols. Exactly 0 for a single symbol. The same bits
/// in whatever order the counts come. Throws ValueError when there are no samples.
double entropy(const std::vector<int64_t>& counts,
               EntropyCorrection correction = EntropyCorrection::none);
/// The same, where there could be `alphabet` symbols. Throws ValueError when more were seen.
double entropy(const std::vector<int64_t>& counts, EntropyCorrection correction, int64_t alphabet);

/// Ĥ(A) + Ĥ(B) − Ĥ(A,B) in nats, each entropy corrected; with `none` and `miller_madow` that is
/// Ĥ(A) − Σ p̂(b) Ĥ(A|b). The alphabet of the pairs is every pair of seen symbols: with the pairs
/// that were seen alone, small independent samples would be found dependent (0.97 nats for 10 by 10
/// symbols and 40 samples with `nsb`, not 0.05). Therefore I(A;A) = Ĥ(A) exactly but for
/// `james_stein` and `nsb`. Exactly 0 with a constant. Not clipped: it may be negative.
double mutual_information(const Symbols& a, const Symbols& b,
                          EntropyCorrection correction = EntropyCorrection::none);
/// The same, where the symbols of the pairs are known already.
double mutual_information(const Symbols& a, const Symbols& b, const Symbols& joint,
                          EntropyCorrection correction);

}  // namespace glow
