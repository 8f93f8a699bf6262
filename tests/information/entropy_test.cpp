#include "glow/information/entropy.h"

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

TEST(Entropy, IsThatOfTheCounts) {
  EXPECT_DOUBLE_EQ(entropy({1, 1}), std::log(2.0));
  EXPECT_NEAR(entropy({3, 1}), -(0.75 * std::log(0.75) + 0.25 * std::log(0.25)), 1e-15);
  EXPECT_EQ(entropy({5, 0, 0}), 0);
  EXPECT_EQ(entropy(std::vector<int64_t>(4096, 1)), std::log(4096.0));
  EXPECT_THROW(entropy({}), ValueError);
  EXPECT_THROW(entropy({0, 0}), ValueError);
}

TEST(Entropy, IsTheSameBitsInAnyOrder) {
  EXPECT_EQ(entropy({7, 1, 3, 3, 12, 5}), entropy({3, 12, 5, 7, 3, 1}));
}

TEST(Entropy, OfMillerAndMadowAddsHalfADegreeOfFreedomASample) {
  const auto corrected = EntropyCorrection::miller_madow;
  EXPECT_DOUBLE_EQ(entropy({3, 1, 0}, corrected), entropy({3, 1}) + 1.0 / 8);
  EXPECT_EQ(entropy({9}, corrected), 0);
}

TEST(Entropy, ReadsItsCorrections) {
  EXPECT_EQ(parse_correction("none"), EntropyCorrection::none);
  EXPECT_EQ(parse_correction("miller_madow"), EntropyCorrection::miller_madow);
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

TEST(MutualInformation, WithItselfIsTheEntropyAndWithAConstantNothing) {
  const Symbols a = number_symbols({1, 2, 2, 3, 3, 3, 9}),
                constant = number_symbols({4, 4, 4, 4, 4, 4, 4});
  for (const auto correction : {EntropyCorrection::none, EntropyCorrection::miller_madow}) {
    EXPECT_EQ(mutual_information(a, a, correction), entropy(a.counts, correction));
    EXPECT_EQ(mutual_information(a, constant, correction), 0);
  }
}

}  // namespace
}  // namespace glow
