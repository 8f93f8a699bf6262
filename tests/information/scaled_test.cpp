#include "glow/information/scaled.h"

#include <cmath>

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Scaled, HasMeanZeroAndDeviationOne) {
  const Tensor x = normal({500, 3}, "x") * 7 + 1e6;
  const Scaled out = scaled(x, "x", true, 0);
  EXPECT_TRUE(at::allclose(out.rows.mean(0), at::zeros({3}, at::kDouble), 0, 1e-10));
  EXPECT_TRUE(at::allclose(out.rows.std(0, false), at::ones({3}, at::kDouble), 0, 1e-10));
  EXPECT_NEAR(out.log_scale, x.std(0, false).log().sum().item<double>(), 1e-9);
  EXPECT_TRUE(at::equal(scaled(x, "x", false, 0).rows, x));
  EXPECT_EQ(scaled(x, "x", false, 0).log_scale, 0);
}

TEST(Scaled, KeepsTiesAndLeavesConstantsOut) {
  Tensor x = normal({200, 3}, "x").relu();
  x.select(1, 1).fill_(0.1);
  const Scaled out = scaled(x, "x", true, 0);
  EXPECT_EQ(out.columns, 3);
  ASSERT_EQ(out.rows.size(1), 2);
  EXPECT_FALSE(out.constant());
  const Tensor zero = x.select(1, 0).eq(0);
  const Tensor tied = out.rows.select(1, 0).masked_select(zero);
  EXPECT_TRUE(tied.eq(tied[0]).all().item<bool>());
  EXPECT_TRUE(scaled(at::full({5, 2}, 0.1), "x", true, 1e-10).constant());
}

TEST(Scaled, NeitherOverflowsNorUnderflows) {
  const Tensor x = normal({100, 2}, "x"), plain = scaled(x, "x", true, 0).rows;
  for (const double scale : {1e300, 1e-300}) {
    EXPECT_TRUE(at::allclose(scaled(x * scale, "x", true, 0).rows, plain, 1e-12, 1e-12));
  }
  EXPECT_THAT(message_of<ValueError>([] {
                scaled(at::tensor({-1.7e308, 0., 1.7e308}), "x", 1, 0);
              }),
              HasSubstr("column 0 of x spans inf"));
  EXPECT_THAT(message_of<ValueError>([] {
                scaled(at::tensor({0., 5e-324}), "x", 1, 0);
              }),
              HasSubstr("beyond what float64 can scale"));
}

TEST(Scaled, JitterIsSmallAlwaysTheSameAndOfItsOwnGenerator) {
  const Tensor x = normal({1000, 2}, "x") * 50;
  at::manual_seed(5);
  const Tensor expected = at::rand({3});
  at::manual_seed(5);
  const Scaled out = scaled(x, "x", true, 1e-10);
  EXPECT_TRUE(at::equal(at::rand({3}), expected));
  EXPECT_TRUE(at::equal(out.rows, scaled(x, "x", true, 1e-10).rows));
  const Tensor other = scaled(x, "y", true, 1e-10).rows, none = scaled(x, "x", true, 0).rows;
  EXPECT_FALSE(at::equal(out.rows, other));
  EXPECT_NEAR((out.rows - none).std().item<double>(), 1e-10, 1e-11);
  EXPECT_NEAR((scaled(x, "x", false, 1e-10).rows - x).std().item<double>(), 50e-10, 5e-10);
  EXPECT_LT((out.rows - none).abs().max().item<double>() * 2, out.grain);
  EXPECT_EQ(scaled(x, "x", true, 0.1).grain, 0);
}

TEST(Scaled, WarnsOfDiscreteData) {
  for (const int64_t n : {500, 20'000}) {
    const Tensor classes = labels(n, 10, "classes");
    EXPECT_THAT(scaled(classes, "y", true, 1e-10).warnings,
                ElementsAre("y has 10 distinct rows among " + std::to_string(n) +
                            ": it is discrete, this estimator is for continuous variables"));
    EXPECT_THAT(scaled(normal({n}, "x"), "x", true, 1e-10).warnings, IsEmpty());
    // Half of the rows equal is no discrete variable.
    EXPECT_THAT(scaled(normal({n}, "x").relu(), "x", true, 1e-10).warnings, IsEmpty());
  }
}

TEST(Scaled, RefusesWhatIsNotFinite) {
  Tensor x = normal({20, 2}, "x");
  x[7][1] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { scaled(x, "t", true, 0); }),
            "t contains 1 non-finite value, first at row 7, column 1");
  EXPECT_THAT(message_of<ValueError>([] { check_jitter(-1); }), HasSubstr("got -1"));
  EXPECT_THROW(check_jitter(std::nan("")), ValueError);
}

}  // namespace
}  // namespace glow
