#include "glow/information/bandwidth.h"

#include <limits>

#include "tests/information/support.h"

namespace glow {
namespace {

TEST(MedianDistance, IsNumPysOverPositiveDistances) {
  for (const auto& item : vectors()["hsic"]) {
    EXPECT_NEAR(median_distance(matrix(item["x"])), item["median_x"], 1e-12);
    EXPECT_NEAR(median_distance(matrix(item["y"])), item["median_y"], 1e-12);
  }
}

TEST(MedianDistance, LeavesOutEqualRows) {
  const Tensor x = at::tensor({0., 0., 0., 0., 3.}).unsqueeze(1);
  EXPECT_EQ(median_distance(x), 3);
  EXPECT_EQ(median_distance(at::full({5, 3}, 0.1)), 0);
  EXPECT_EQ(median_distance(at::zeros({1, 3})), 0);
}

TEST(MedianDistance, KeepsItsDigitsFarFromTheOrigin) {
  const Tensor x = normal({50, 3}, "x");
  EXPECT_NEAR(median_distance(x + 1e6), median_distance(x), 1e-8);
}

TEST(MedianDistance, TakesASampleOfManyRows) {
  const Tensor x = normal({9000, 2}, "x");
  EXPECT_NEAR(median_distance(x), 1.665, 0.05);  // of a Rayleigh law with scale √2: √(4 ln 2)
}

TEST(Bandwidth, IsAPositiveNumberOrMedian) {
  EXPECT_TRUE(Bandwidth("median").median);
  EXPECT_THROW(Bandwidth("mean"), ValueError);
  check_bandwidth(Bandwidth(0.5), "sigma");
  check_bandwidth("median", "sigma");
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(message_of<ValueError>([&] { check_bandwidth(bad, "sigma_x"); }),
                testing::HasSubstr("sigma_x must be a positive number"));
  }
}

}  // namespace
}  // namespace glow
