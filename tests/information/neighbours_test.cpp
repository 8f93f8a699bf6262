#include "glow/information/neighbours.h"

#include <algorithm>
#include <numeric>

#include "glow/core/stop.h"
#include "tests/information/support.h"

namespace glow {
namespace {

double apart(const Tensor& points, int64_t i, int64_t j) {
  const int64_t d = points.size(1);
  const double* p = points.const_data_ptr<double>();
  double distance = 0;
  for (int64_t c = 0; c < d; ++c) {
    distance = std::max(distance, std::abs(p[i * d + c] - p[j * d + c]));
  }
  return distance;
}

std::vector<double> to_others(const Tensor& points, int64_t i) {
  std::vector<double> out;
  for (int64_t j = 0; j < points.size(0); ++j) {
    if (j != i) out.push_back(apart(points, i, j));
  }
  return out;
}

// Some close, some far, some zero, some at exactly a distance that occurs.
std::vector<double> some_radii(const Tensor& points) {
  std::vector<double> radii;
  for (int64_t i = 0; i < points.size(0); ++i) {
    const std::vector<double> distances = to_others(points, i);
    const auto at = static_cast<size_t>(i * i) % distances.size();
    radii.push_back(i % 7 == 0 ? 0 : i % 11 == 0 ? 100 : distances[at]);
  }
  return radii;
}

void expect_brute_force(const Tensor& points, int64_t k) {
  const int64_t n = points.size(0);
  const PointSet set(points);
  const Neighbours found = set.nearest(k, true);
  EXPECT_EQ(set.nearest(k).distances, found.distances);
  const std::vector<double> radii = some_radii(points);
  const std::vector<int32_t> nearer = set.nearer(radii), within = set.within(radii);
  for (int64_t i = 0; i < n; ++i) {
    const auto row = static_cast<size_t>(i);
    std::vector<double> distances = to_others(points, i), own;
    std::vector<int32_t> named(found.indices.begin() + i * k, found.indices.begin() + (i + 1) * k);
    for (const int32_t j : named) own.push_back(apart(points, i, j));
    std::sort(distances.begin(), distances.end());
    distances.resize(static_cast<size_t>(k));
    EXPECT_EQ(own, distances) << "row " << i;  // the k nearest, in order
    EXPECT_EQ(found.distances[row], distances.back()) << "row " << i;
    std::sort(named.begin(), named.end());
    EXPECT_EQ(std::unique(named.begin(), named.end()), named.end());
    EXPECT_EQ(std::count(named.begin(), named.end(), i), 0);
    const std::vector<double> all = to_others(points, i);
    const auto count = [&](auto is_in) { return std::count_if(all.begin(), all.end(), is_in); };
    EXPECT_EQ(nearer[row], count([&](double d) { return d < radii[row]; })) << "row " << i;
    EXPECT_EQ(within[row], count([&](double d) { return d <= radii[row]; })) << "row " << i;
  }
}

// By the vectors of every processor.
class NeighboursByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(NeighboursByVectorsOf, AreThoseOfBruteForceExactly) {
  const VectorLimit limit(GetParam());
  for (const int64_t d : {1, 2, 3, 8, 17, 40}) {
    for (const int64_t n : {2, 5, 31, 32, 33, 64, 65, 200, 517}) {
      for (const int64_t k : {int64_t{1}, int64_t{3}, int64_t{40}, n - 1}) {
        if (k >= n || (k == n - 1 && n > 65)) continue;
        SCOPED_TRACE(testing::Message() << n << " points of " << d << ", k = " << k);
        expect_brute_force(normal({n, d}, "points"), k);
      }
    }
  }
}

TEST_P(NeighboursByVectorsOf, StandTies) {
  const VectorLimit limit(GetParam());
  for (const int64_t d : {1, 2, 5, 20}) {
    const Tensor grid = normal({300, d}, "grid").mul(2).round(), same = at::ones_like(grid);
    const Tensor relu = normal({300, d}, "relu").relu();
    for (const Tensor& points : {grid, same, relu, at::cat({relu, relu})}) {
      SCOPED_TRACE(testing::Message() << d << " columns");
      expect_brute_force(points, 3);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, NeighboursByVectorsOf, testing::Values(16, 32, 64));

TEST(Neighbours, AreExactWhereDistancesRound) {
  const Tensor far = normal({200, 2}, "points") * 1e-9 + 1e6;
  expect_brute_force(far, 3);
  expect_brute_force(far.slice(1, 0, 1).contiguous(), 3);
  expect_brute_force(normal({200, 2}, "points") * 1e300, 3);
}

// Enough points for subtrees and chunks side by side, and for boxes that count as a whole.
TEST(Neighbours, AreTheSameAtAnyNumberOfThreads) {
  for (const int64_t d : {1, 2, 6}) {
    const Tensor points = normal({20'000, d}, "points");
    const auto run = [&](int threads) {
      const Threads scope(threads);
      const PointSet set(points);
      Neighbours found = set.nearest(4, true);
      std::vector<double> wide(found.distances);
      for (double& r : wide) r = r * 20 + 0.5;
      return std::tuple{found.distances, found.indices, set.nearer(found.distances),
                        set.nearer(wide)};
    };
    const auto one = run(1);
    EXPECT_EQ(run(2), one);
    EXPECT_EQ(run(7), one);
    const auto& [distances, indices, nearer, wide] = one;
    for (const int64_t i : {0, 777, 12'345, 19'999}) {
      const auto row = static_cast<size_t>(i);
      std::vector<double> all = to_others(points, i);
      const double radius = distances[row] * 20 + 0.5;
      EXPECT_EQ(wide[row],
                std::count_if(all.begin(), all.end(), [&](double r) { return r < radius; }));
      std::nth_element(all.begin(), all.begin() + 3, all.end());
      EXPECT_EQ(distances[row], all[3]);
    }
  }
}

TEST(Neighbours, AreNotSoughtBeyondTheLast) {
  const PointSet set(normal({5, 2}, "points"));
  EXPECT_THAT(message_of<ValueError>([&] { set.nearest(5); }), "5 points have no 5-th neighbour");
  EXPECT_THAT(message_of<ValueError>([&] { set.nearest(0); }), "5 points have no 0-th neighbour");
}

TEST(Neighbours, StopWhenAsked) {
  for (const int64_t d : {1, 2}) {
    const PointSet set(normal({5000, d}, "points"));
    request_stop();
    EXPECT_THROW(set.nearest(3), Interrupted);
    EXPECT_THROW(set.nearer(std::vector<double>(5000, 0.1)), Interrupted);
    clear_stop();
  }
}

}  // namespace
}  // namespace glow
