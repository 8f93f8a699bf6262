#include "glow/information/uncertainty.h"

#include <cmath>
#include <set>

#include "tests/information/support.h"

namespace glow {
namespace {

// The mean of n independent numbers, whose standard error is known.
TEST(SubsamplingError, IsThatOfAMean) {
  double squares = 0;
  for (int draw = 0; draw < 200; ++draw) {
    const Tensor x = normal({1000}, "x" + std::to_string(draw));
    const double error = subsampling_error(1000, 10, [&](const Tensor& rows) {
      return x.index_select(0, rows).mean().item<double>();
    });
    squares += error * error / 200;
  }
  // 13 degrees of freedom, fewer as both partitions share the data: at most 0.034 a standard error.
  EXPECT_NEAR(squares * 1000, 1, 0.17);
}

TEST(SubsamplingError, TakesDisjointSubsetsOfAllRows) {
  std::vector<std::multiset<int64_t>> partitions(2);
  std::vector<int64_t> sizes;
  subsampling_error(53, 2, [&](const Tensor& rows) {
    sizes.push_back(rows.numel());
    auto& seen = partitions[sizes.size() <= 5 ? 0 : 1];
    for (int64_t i = 0; i < rows.numel(); ++i) seen.insert(rows[i].item<int64_t>());
    return 0.0;
  });
  EXPECT_EQ(sizes.size(), 15);
  for (const auto& seen : partitions) {
    EXPECT_EQ(seen.size(), 53);
    EXPECT_EQ(std::set<int64_t>(seen.begin(), seen.end()).size(), 53);
  }
}

TEST(SubsamplingError, IsNotKnownFromTooFewRows) {
  const auto constant = [](const Tensor&) { return 1.0; };
  EXPECT_TRUE(std::isnan(subsampling_error(99, 10, constant)));
  EXPECT_NEAR(subsampling_error(100, 10, constant), 0, 1e-15);
}

}  // namespace
}  // namespace glow
