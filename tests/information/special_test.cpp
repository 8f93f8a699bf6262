#include "glow/information/special.h"

#include "tests/information/neighbour_support.h"

namespace glow {
namespace {

TEST(Digamma, IsThatOfSciPy) {
  for (const auto& item : neighbour_vectors()["digamma"]) {
    const double x = item[0], expected = item[1];
    EXPECT_NEAR(digamma(x), expected, 4e-15 * std::max(1.0, std::abs(expected))) << x;
  }
}

TEST(Digamma, HasNoValueBelowZero) {
  EXPECT_TRUE(std::isnan(digamma(0)));
  EXPECT_TRUE(std::isnan(digamma(-1.5)));
  EXPECT_TRUE(std::isnan(digamma(std::nan(""))));
}

TEST(Digamma, OfWholeNumbersIsLookedUp) {
  const DigammaTable psi(100'000);
  for (int64_t m = 1; m <= 100'000; m += m < 500 ? 1 : 997) {
    const double expected = digamma(static_cast<double>(m));
    EXPECT_NEAR(psi(m), expected, 4e-15 * std::max(1.0, expected)) << m;
  }
}

}  // namespace
}  // namespace glow
