#include "glow/information/gram_sums.h"

#include <sys/resource.h>

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

KernelVariable gaussian(const Tensor& x, double sigma) {
  return {"x", x, {Kernel::Kind::gaussian, sigma}};
}
KernelVariable linear(const Tensor& x) { return {"x", x, {Kernel::Kind::linear, 1}}; }

void expect_sums_of(const GramSums& sums, const Tensor& gram, double tolerance) {
  const Tensor rows = gram.sum(1, false, at::kDouble), diagonal = gram.diagonal().to(at::kDouble);
  const double total = rows.sum().item<double>(), trace = diagonal.sum().item<double>();
  const auto m = static_cast<double>(gram.size(0));
  EXPECT_NEAR(sums.total, total, tolerance * m * m);
  EXPECT_NEAR(sums.trace, trace, tolerance * m);
  EXPECT_TRUE(at::allclose(at::tensor(sums.rows, at::kDouble), rows, 0, tolerance * m));
  EXPECT_TRUE(at::allclose(at::tensor(sums.diagonal, at::kDouble), diagonal, 0, tolerance));
}

// Sizes around a vector, a block of rows, a tile, a chunk of columns.
TEST(GramStatistics, AreTheSumsOfTheWholeMatrices) {
  for (const int64_t m : {1, 2, 3, 4, 15, 16, 17, 63, 64, 65, 128, 200}) {
    for (const int64_t d : {1, 2, 8, 17, 600, 1100}) {
      const Tensor x = normal({m, d}, "x") + 3, y = normal({m, 2}, "y");
      const double sigma = std::sqrt(static_cast<double>(d));
      for (const auto type : {at::kDouble, at::kFloat}) {
        const std::vector<KernelVariable> variables{gaussian(x.to(type), sigma),
                                                    gaussian(y.to(type), 1), linear(y.to(type))};
        const GramStatistics statistics =
            gram_statistics(variables, {{0, 1}, {2, 0}, {1, 1}, {2, 2}});
        const double tolerance = type == at::kDouble ? 1e-12 : 3e-6;
        std::vector<Tensor> grams;
        for (const auto& variable : variables) grams.push_back(gram_matrix(variable));
        for (size_t v = 0; v < 3; ++v) expect_sums_of(statistics.variables[v], grams[v], tolerance);
        const auto product = [&](size_t k, size_t l) {
          return (grams[k].to(at::kDouble) * grams[l].to(at::kDouble)).sum().item<double>();
        };
        const auto squared = static_cast<double>(m * m);
        EXPECT_NEAR(statistics.products[0], product(0, 1), tolerance * squared);
        EXPECT_NEAR(statistics.products[1], product(2, 0), 4 * tolerance * squared);
        EXPECT_NEAR(statistics.products[2], product(1, 1), tolerance * squared);
        EXPECT_NEAR(statistics.products[3], product(2, 2), 16 * tolerance * squared);
      }
    }
  }
}

TEST(GramStatistics, AreTheSameBitsAtAnyNumberOfThreads) {
  const Tensor x = normal({700, 30}, "x").to(at::kFloat), y = normal({700, 4}, "y").to(at::kFloat);
  const auto run = [&](int threads) {
    const Threads scope(threads);
    return gram_statistics({gaussian(x, 5), gaussian(y, 1)}, {{0, 1}});
  };
  const GramStatistics one = run(1);
  for (const int threads : {2, 3, 16}) {
    const GramStatistics many = run(threads);
    EXPECT_EQ(one.products, many.products);
    for (size_t v = 0; v < 2; ++v) EXPECT_EQ(one.variables[v].rows, many.variables[v].rows);
  }
}

// What a processor with narrower vectors would give.
// Large enough that threads are worth it: below, one does all.
TEST(GramStatistics, AreTheSameBitsWhereThreadsReallyRun) {
  const Tensor x = normal({6000, 10}, "x"), y = normal({6000, 3}, "y");
  const auto product = [&](int threads) {
    const Threads scope(threads);
    return gram_statistics({gaussian(x, 3), gaussian(y, 2)}, {{0, 1}}).products[0];
  };
  EXPECT_EQ(product(1), product(2));
  EXPECT_EQ(product(1), product(5));
}

TEST(GramStatistics, AreNearlyTheSameByNarrowerVectors) {
  const Tensor x = normal({150, 70}, "x"), y = normal({150, 3}, "y");
  const auto run = [&](int bytes) {
    const VectorLimit limit(bytes);
    return gram_statistics({gaussian(x, 8), linear(y)}, {{0, 1}});
  };
  const GramStatistics wide = run(64);
  for (const int bytes : {32, 16}) {
    const GramStatistics narrow = run(bytes);
    EXPECT_NEAR(narrow.products[0], wide.products[0], 1e-9);
    for (size_t v = 0; v < 2; ++v) {
      EXPECT_NEAR(narrow.variables[v].total, wide.variables[v].total, 1e-9);
    }
  }
}

TEST(GramStatistics, HaveEntriesToTheLastDigit) {
  for (double distance = 0; distance < 45; distance += 0.037) {
    const double exact = std::exp(-distance * distance / 2);
    const Tensor x = at::tensor({0.0, distance}).to(at::kDouble).unsqueeze(1);
    const GramStatistics wide = gram_statistics({gaussian(x, 1)}, {{0, 0}});
    EXPECT_NEAR(wide.products[0], 2 + 2 * exact * exact, 1e-15);
    EXPECT_NEAR(wide.variables[0].total - 2, 2 * exact, 1e-15);
    const GramStatistics narrow = gram_statistics({gaussian(x.to(at::kFloat), 1)}, {});
    EXPECT_NEAR(narrow.variables[0].total - 2, 2 * exact, 3e-7);
  }
}

TEST(GramStatistics, KnowExactlyWhatIsEqual) {
  Tensor x = at::full({70, 5}, 0.1F);
  const GramStatistics same = gram_statistics({gaussian(x, 1)}, {});
  EXPECT_TRUE(same.variables[0].constant);
  EXPECT_EQ(same.variables[0].total, 70 * 70);
  x[3][2] = 0.2F;
  EXPECT_FALSE(gram_statistics({gaussian(x, 1)}, {}).variables[0].constant);
  const GramStatistics pairs =
      gram_statistics({gaussian(at::tensor({-1e6, 1e6, -1e6, 1e6}).unsqueeze(1), 1)}, {});
  EXPECT_EQ(pairs.variables[0].total, 8);  // entries are exactly 1, or 0
}

TEST(GramStatistics, TakeNoMatrixOfMemory) {
  const Tensor x = normal({12000, 3}, "x").to(at::kFloat);
  const auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;  // MB
  };
  const double before = peak();
  gram_statistics({gaussian(x, 1), gaussian(x, 2)}, {{0, 1}});
  EXPECT_LT(peak() - before, 100);  // one matrix would be 576
}

TEST(GramStatistics, RefuseWhatIsNotFinite) {
  Tensor x = normal({30, 4}, "x");
  x[11][3] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { gram_statistics({gaussian(x, 1)}, {}); }),
            "x contains 1 non-finite value, first at row 11, column 3");
  const Tensor huge = at::full({2, 2}, 1e30F) * at::tensor({1.F, -1.F}).unsqueeze(1);
  EXPECT_THAT(message_of<ValueError>([&] { gram_statistics({gaussian(huge, 1)}, {}); }),
              testing::HasSubstr("squares overflow"));
}

}  // namespace
}  // namespace glow
