#include "glow/information/entropy.h"

#include <cmath>
#include <map>

#include "glow/information/nsb.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using Counts = std::vector<int64_t>;

/// What other implementations gave: see make_entropy_vectors.py.
const nlohmann::json& entropy_vectors() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/entropy.json"));
  return loaded;
}

std::vector<EntropyCorrection> all_corrections() {
  std::vector<EntropyCorrection> out;
  for (const auto& name : correction_names()) out.push_back(parse_correction(name));
  return out;
}

Symbols symbols_of(const std::vector<int64_t>& numbers) {
  return number_symbols({numbers.begin(), numbers.end()});
}

TEST(Entropy, IsThatOfTheCounts) {
  EXPECT_DOUBLE_EQ(entropy({1, 1}), std::log(2.0));
  EXPECT_NEAR(entropy({3, 1}), -(0.75 * std::log(0.75) + 0.25 * std::log(0.25)), 1e-15);
  EXPECT_EQ(entropy({5, 0, 0}), 0);
  EXPECT_EQ(entropy(std::vector<int64_t>(4096, 1)), std::log(4096.0));
  EXPECT_THROW(entropy({}), ValueError);
  EXPECT_THROW(entropy({0, 0}), ValueError);
}

TEST(Entropy, IsTheSameBitsInAnyOrder) {
  for (const auto correction : all_corrections()) {
    EXPECT_EQ(entropy({7, 1, 3, 3, 12, 5, 0}, correction),
              entropy({3, 12, 0, 5, 7, 3, 1}, correction));
  }
}

TEST(Entropy, EqualsOtherImplementations) {
  for (const auto& item : entropy_vectors()["entropies"]) {
    const auto counts = item["counts"].get<Counts>();
    const auto alphabet = item["alphabet"].get<int64_t>();
    const auto expect = [&](const char* key, EntropyCorrection correction, int64_t of) {
      if (!item.contains(key)) return;
      const double found = of == 0 ? entropy(counts, correction) : entropy(counts, correction, of);
      EXPECT_NEAR(found, item[key], 1e-13) << item;
    };
    expect("miller_madow", EntropyCorrection::miller_madow, 0);
    expect("chao_shen", EntropyCorrection::chao_shen, 0);
    expect("james_stein", EntropyCorrection::james_stein, alphabet);
    expect("james_stein_of_seen", EntropyCorrection::james_stein, 0);
    if (counts.size() > 1) expect("grassberger", EntropyCorrection::grassberger, 0);
    const Posterior posterior = nsb_entropy(group_counts(counts), static_cast<double>(alphabet));
    EXPECT_NEAR(posterior.mean, item["nsb"], 1e-10) << item;
    EXPECT_NEAR(posterior.deviation, item["nsb_deviation"], 1e-8) << item;
    EXPECT_EQ(entropy(counts, EntropyCorrection::nsb, alphabet), posterior.mean);
  }
}

// Of many samples the posterior is normal, with the variance of −ln p over n, whatever the prior.
TEST(Entropy, OfNemenmanShafeeBialekGoesToThePlugInOne) {
  for (const int64_t scale : {100, 10'000, 1'000'000}) {
    const Counts counts{6 * scale, 3 * scale, scale};
    const Posterior posterior = nsb_entropy(group_counts(counts), 3);
    const double p = entropy(counts), n = 10.0 * static_cast<double>(scale);
    double square = 0;  // Σ p ln² p
    for (const double share : {0.6, 0.3, 0.1}) square += share * std::log(share) * std::log(share);
    EXPECT_NEAR(posterior.mean, p, 3 / n);
    EXPECT_NEAR(posterior.deviation, std::sqrt((square - p * p) / n), 3 / n);
  }
}

TEST(Entropy, OfNemenmanShafeeBialekStandsLargeAlphabetsAndSamples) {
  Counts many;  // of all sizes: a narrow posterior far from 1
  for (int64_t i = 1; i <= 400; ++i) many.push_back(i * i);
  const Posterior of_many = nsb_entropy(group_counts(many), 400);
  EXPECT_NEAR(of_many.mean, entropy(many), 1e-4);
  EXPECT_GT(of_many.deviation, 0);
  // No coincidences: the alphabet alone speaks, and the prior of it.
  for (const double alphabet : {1e3, 1e6, 1e12, 1e18}) {
    const Posterior open = nsb_entropy(group_counts(Counts(100, 1)), alphabet);
    EXPECT_GT(open.mean, std::log(100.0));
    EXPECT_LT(open.mean, std::log(alphabet));
    EXPECT_GT(open.deviation, 0.01);
  }
  const Posterior same = nsb_entropy(group_counts({100'000}), 1e6);
  EXPECT_GT(same.mean, 0);
  EXPECT_LT(same.mean, 1e-3);
}

// What each is for: the mean error of 300 samples of a uniform and of a Zipf law, whose standard
// error is 0.004. The plug-in entropy is 0.28 and 0.26 too small, Miller and Madow's 0.07 and 0.11,
// none of the others misses by more than 0.06.
TEST(Entropy, CorrectionsTakeMostOfTheBiasOff) {
  constexpr int64_t kKinds = 50, kDraws = 100, kSets = 300;
  const Tensor rank = at::arange(1, kKinds + 1, at::kDouble);
  for (const Tensor& weights : {at::ones({kKinds}, at::kDouble), 1 / rank}) {
    const Tensor p = weights / weights.sum();
    const double truth = -(p * p.log()).sum().item<double>();
    std::map<EntropyCorrection, double> bias;
    const Tensor draws =
        at::multinomial(p.expand({kSets, kKinds}), kDraws, true, make_generator(1, "corrections"));
    for (int64_t s = 0; s < kSets; ++s) {
      const Tensor counted = at::bincount(draws[s], {}, kKinds);
      const int64_t* count = counted.const_data_ptr<int64_t>();
      const Counts counts(count, count + kKinds);
      for (const auto correction : all_corrections()) {
        bias[correction] += (entropy(counts, correction, kKinds) - truth) / kSets;
      }
    }
    for (const auto& [correction, error] : bias) {
      if (correction == EntropyCorrection::none) continue;
      EXPECT_LT(std::abs(error), std::abs(bias[EntropyCorrection::none]) / 2)
          << to_string(correction);
    }
  }
}

TEST(Entropy, OfMillerAndMadowAddsHalfADegreeOfFreedomASample) {
  const auto corrected = EntropyCorrection::miller_madow;
  EXPECT_DOUBLE_EQ(entropy({3, 1, 0}, corrected), entropy({3, 1}) + 1.0 / 8);
  EXPECT_EQ(entropy({9}, corrected), 0);
}

TEST(Entropy, ReadsItsCorrections) {
  EXPECT_EQ(parse_correction("none"), EntropyCorrection::none);
  for (const auto& name : correction_names()) EXPECT_EQ(to_string(parse_correction(name)), name);
  EXPECT_EQ(correction_names().size(), 6U);
  EXPECT_EQ(parse_correction("miller_madow"), EntropyCorrection::miller_madow);
  EXPECT_EQ(parse_correction("nsb"), EntropyCorrection::nsb);
  EXPECT_THAT(message_of<ValueError>([] { parse_correction("miller_maddow"); }),
              testing::HasSubstr("did you mean 'miller_madow'?"));
}

// A binary symmetric channel that flips one of ten bits.
TEST(MutualInformation, OfABinarySymmetricChannel) {
  std::vector<uint64_t> x, y;
  for (uint64_t i = 0; i < 200; ++i) {
    x.push_back(i % 2);
    y.push_back(i < 20 ? 1 - i % 2 : i % 2);
  }
  const double flipped = -(0.1 * std::log(0.1) + 0.9 * std::log(0.9));
  const Symbols a = number_symbols(x), b = number_symbols(y);
  EXPECT_NEAR(mutual_information(a, b), std::log(2.0) - flipped, 1e-14);
  EXPECT_EQ(mutual_information(a, b), mutual_information(b, a));
}

TEST(MutualInformation, EqualsOtherImplementations) {
  for (const auto& item : entropy_vectors()["informations"]) {
    const Symbols x = symbols_of(item["x"].get<std::vector<int64_t>>()),
                  y = symbols_of(item["y"].get<std::vector<int64_t>>());
    for (const auto correction : all_corrections()) {
      const double found = mutual_information(x, y, correction);
      EXPECT_NEAR(found, item[to_string(correction)], 1e-10) << to_string(correction);
      EXPECT_EQ(mutual_information(y, x, correction), found);
    }
  }
}

TEST(MutualInformation, WithItselfIsTheEntropyAndWithAConstantNothing) {
  const Symbols a = number_symbols({1, 2, 2, 3, 3, 3, 9}),
                constant = number_symbols({4, 4, 4, 4, 4, 4, 4});
  for (const auto correction : all_corrections()) {
    EXPECT_EQ(mutual_information(a, constant, correction), 0);
    EXPECT_EQ(mutual_information(constant, constant, correction), 0);
    // These two count pairs that were not seen.
    if (correction == EntropyCorrection::james_stein || correction == EntropyCorrection::nsb) {
      continue;
    }
    EXPECT_EQ(mutual_information(a, a, correction), entropy(a.counts, correction));
  }
}

TEST(Entropy, OfOneSymbolIsZeroAndOfTooManyAnError) {
  for (const auto correction : all_corrections()) {
    EXPECT_EQ(entropy({9, 0}, correction), 0);
    EXPECT_EQ(entropy({1}, correction), 0);
    EXPECT_THROW(entropy({}, correction), ValueError);
    EXPECT_TRUE(std::isfinite(entropy({1, 1, 1}, correction)));
  }
  EXPECT_THAT(message_of<ValueError>([] {
                entropy({1, 2, 3}, EntropyCorrection::nsb, 2);
              }),
              testing::HasSubstr("3 symbols were seen, more than an alphabet of 2 has"));
}

}  // namespace
}  // namespace glow
