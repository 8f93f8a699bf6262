// What the tests of kernel estimators share.
#pragma once

#include "tests/information/support.h"

namespace glow {

/// What NumPy and the package dcor gave: see make_kernel_vectors.py.
inline const nlohmann::json& kernel_cases() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(GLOW_SOURCE_DIR "/tests/information/kernel.json"));
  return loaded["cases"];
}

/// The vectors of the reference: X = arange(50).reshape(10, 5), Y = sin(2πX/50).
inline Tensor ramp_rows() { return at::arange(50, at::kDouble).view({10, 5}); }
inline Tensor wave_rows() { return (ramp_rows() * (2 * M_PI / 50)).sin(); }

struct TwoVariables {
  Tensor x, y;
};
/// x (m, 4) and y (m, 2), which depends on the first column of x.
inline TwoVariables related(int64_t m) {
  const Tensor x = normal({m, 4}, "x");
  return {x, at::cat({x.slice(1, 0, 1).sin(), normal({m, 1}, "noise")}, 1)};
}

/// What every estimator of two variables keeps: order, shift, rotation, symmetry, layout, type,
/// threads, the global generator. `measure` gives its Estimate.
template <class Measure>
void expect_invariances(const Measure& measure, double tolerance) {
  const auto [x, y] = related(70);
  const double value = measure(x, y).number();
  const Tensor order = at::randperm(70, make_generator(0, "order"), at::kLong);
  const Tensor rotation = std::get<0>(at::linalg_qr(normal({4, 4}, "rotation")));
  EXPECT_NEAR(measure(x.index_select(0, order), y.index_select(0, order)).number(), value,
              tolerance);
  EXPECT_NEAR(measure(x + 1000, y - 1000).number(), value, 1e3 * tolerance);
  EXPECT_NEAR(measure(x.mm(rotation), y).number(), value, tolerance);
  EXPECT_NEAR(measure(x.flip({1}), y).number(), value, tolerance);
  EXPECT_NEAR(measure(y, x).number(), value, tolerance);
  for (const Tensor& same : disguises(x)) {
    const Tensor before = same.detach().clone();
    const auto version = same._version();
    EXPECT_NEAR(measure(same, y).number(), value, tolerance);
    EXPECT_NEAR(measure(y, same).number(), value, tolerance);
    EXPECT_TRUE(at::equal(same.detach(), before));
    EXPECT_EQ(same._version(), version);
  }
  const Tensor whole = x.mul(4).round();
  for (const auto type : {at::kInt, at::kLong, at::kHalf, at::kBFloat16, at::kChar}) {
    EXPECT_EQ(measure(whole.to(type), y).number(), measure(whole, y).number());
  }
  at::manual_seed(5);
  const Tensor expected = at::rand({3});
  at::manual_seed(5);
  const auto run = [&, x = x, y = y](int threads) {
    const Threads scope(threads);
    return measure(x, y).number();
  };
  EXPECT_EQ(run(1), run(2));
  EXPECT_TRUE(at::equal(at::rand({3}), expected));
}

/// NaN and infinity, with and without a graph; rows that differ, nothing, too many dimensions.
template <class Measure>
void expect_refusals(const Measure& measure) {
  const auto message = [&](const Tensor& a, const Tensor& b) {
    return message_of<ValueError>([&] { measure(a, b); });
  };
  const Tensor x = normal({5, 2}, "x");
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    for (const bool graph : {false, true}) {
      Tensor y = x.clone();
      y[3][1] = bad;
      y.requires_grad_(graph);
      EXPECT_EQ(message(x, y), "y contains 1 non-finite value, first at row 3, column 1");
      EXPECT_EQ(message(y, x), "x contains 1 non-finite value, first at row 3, column 1");
    }
  }
  EXPECT_THAT(message(x, normal({6, 2}, "y")), testing::HasSubstr("x has 5 rows, y has 6"));
  EXPECT_THAT(message(x.slice(0, 0, 0), x), testing::HasSubstr("x is empty"));
  EXPECT_THAT(message(x, at::scalar_tensor(1)), testing::HasSubstr("y needs rows"));
  EXPECT_THAT(message(x.view({5, 2, 1}), x), testing::HasSubstr("flatten it first"));
}

}  // namespace glow
