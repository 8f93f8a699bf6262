#include "glow/datasets/szt.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cmath>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using datasets::szt::SZTOptions;
using testing::HasSubstr;

double entropy_bits(double p) { return -p * std::log2(p) - (1 - p) * std::log2(1 - p); }

// Checksums and counts of the labels of the original .mat files.
TEST(Szt, LabelsAreThoseOfTheOriginalFiles) {
  struct Row {
    const char* rule;
    const char* sha256;
    int64_t ones;
    double entropy;
  };
  for (const Row& row :
       {Row{"var_u", "77732f16f85e91b49d3997196b56163b3bd362d8cf631468a8de3f986e88359f", 2118,
            .99916},
        Row{"g1", "f36bf37eea766fcd6aad91f103366f118ec928d85185d49054a20e6fb3b1f8ce", 2063, .99996},
        Row{"g2", "400b655c2473c2dc99c894c40283d3e756604cc4591cae43fe86a6b8552c714e", 2045,
            .999998}}) {
    const Dataset data = datasets::szt::load({.rule = row.rule}).train;
    ASSERT_EQ(data.checksums.size(), 1);
    EXPECT_EQ(data.checksums[0].second, row.sha256) << row.rule;
    EXPECT_EQ(data.y.sum().item<int64_t>(), row.ones) << row.rule;
    EXPECT_NEAR(entropy_bits(static_cast<double>(row.ones) / 4096), row.entropy, 1e-5);
    EXPECT_EQ(data.classes, 2);
  }
  EXPECT_EQ(datasets::szt::load({.rule = "g1"}).train.checksums[0].first, "szt(rule=g1)");
}

TEST(Szt, RowsAreTheBitsOfTheirNumber) {
  const DataPair pair = datasets::szt::load();
  EXPECT_FALSE(pair.test);
  const at::Tensor& x = pair.train.x;
  ASSERT_EQ(x.sizes(), at::IntArrayRef({4096, 12}));
  const at::Tensor powers = at::pow(2, at::arange(11, -1, -1, at::kFloat));
  EXPECT_TRUE(at::mv(x, powers).equal(at::arange(4096, at::kFloat))) << "the highest bit first";
  EXPECT_EQ(x.min().item<float>(), 0);
  EXPECT_EQ(x.max().item<float>(), 1);
}

TEST(Szt, TheScoreSeparatesTheClasses) {
  const at::Tensor s = datasets::szt::score(), y = datasets::szt::load().train.y;
  EXPECT_EQ(s.masked_select(y == 0).max().item<double>(), 98) << "the largest of a 0-class";
  EXPECT_EQ(s.masked_select(y == 1).min().item<double>(), 99);
  EXPECT_EQ(s[0].item<double>(), 0);
  EXPECT_EQ(s[4095].item<double>(), 23 * 12 + 30 - 5 * 30 - 8 * 6) << "all 66 pairs of ones";
}

// training.md 4.1: gamma = 8.2542 gives I(X;Y) = .9900 bits and p(y=1) = .51678.
TEST(Szt, TheStochasticVersionHasItsInformation) {
  const at::Tensor p = datasets::szt::probability();
  const double mean = p.mean().item<double>();
  EXPECT_NEAR(mean, .51678, 5e-6);
  double conditional = 0;
  for (int64_t i = 0; i < 4096; ++i) {
    const double q = p[i].item<double>();
    if (q > 1e-15 && q < 1 - 1e-15) conditional += entropy_bits(q) / 4096;
  }
  EXPECT_NEAR(entropy_bits(mean) - conditional, .9900, 5e-5);
}

TEST(Szt, DrawnLabelsFollowTheSeed) {
  const auto labels = [](int64_t seed) {
    return datasets::szt::load({.stochastic = true, .seed = seed}).train.y;
  };
  EXPECT_TRUE(labels(1).equal(labels(1)));
  EXPECT_FALSE(labels(1).equal(labels(2)));
  const at::Tensor certain = datasets::szt::load().train.y;
  const auto flips = (labels(1) != certain).sum().item<int64_t>();
  // Expected: the mean of min(p, 1 − p) times 4096; five standard deviations around.
  const at::Tensor p = datasets::szt::probability();
  const double mean = at::minimum(p, 1 - p).sum().item<double>();
  const double deviation = std::sqrt((p * (1 - p)).sum().item<double>());
  EXPECT_GT(mean, 1);
  EXPECT_NEAR(static_cast<double>(flips), mean, 5 * deviation);
}

TEST(Szt, LoadsWithASplit) {
  auto [train, validation, test] =
      datasets::szt::load_data({.batch_size = 512, .validation_split = 0.2});
  EXPECT_EQ(train.size(), 3277);
  EXPECT_EQ(validation.size(), 819);
  EXPECT_TRUE(test.empty());
}

TEST(Szt, RefusesWhatHasNoMeaning) {
  EXPECT_THAT(message_of<ValueError>([] { datasets::szt::load({.rule = "g3"}); }),
              HasSubstr("unknown rule 'g3'; did you mean 'g1'?"));
  EXPECT_THROW(datasets::szt::load({.rule = "g1", .stochastic = true}), ValueError);
  EXPECT_THROW(datasets::szt::probability(0), ValueError);
  EXPECT_THROW(datasets::szt::load_data({.range = {0, 1}}), ValueError);
}

}  // namespace
}  // namespace glow
