#include "glow/layers/affine.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <limits>

#include "tests/layers/built.h"
#include "tests/vector_limit.h"

namespace glow {
namespace {

struct Problem {
  Tensor x, weight, bias, weighting;
};

Problem problem(int64_t n, int64_t in, int64_t out) {
  return {randn({n, in}, 1).requires_grad_(), randn({out, in}, 2).requires_grad_(),
          randn({out}, 3).requires_grad_(), randn({n, out}, 4)};
}

// The value and the three gradients of Σ weighting · f(x, weight, bias).
template <class F>
std::vector<Tensor> value_and_gradients(const Problem& p, F f) {
  const Tensor value = f(p.x, p.weight, p.bias);
  auto out = torch::autograd::grad({(value * p.weighting).sum()}, {p.x, p.weight, p.bias});
  out.push_back(value);
  return out;
}

// Norm of the difference over the norm, which rounding of sums over n rows leaves near 1e-7.
double relative(const Tensor& a, const Tensor& b) {
  return ((a - b).norm() / b.norm().clamp_min(1e-30)).item<double>();
}

class AffineByVectorsOf : public testing::TestWithParam<int> {};

TEST_P(AffineByVectorsOf, IsTorchsLinear) {
  const VectorLimit limit(GetParam());
  for (const int64_t n : {1, 2, 3, 4, 5, 17, 513, 1100}) {
    for (const int64_t in : {1, 2, 3, 7, 12, 15, 16, 17}) {
      for (const int64_t out : {1, 2, 5, 10, 16, 17}) {
        const Problem p = problem(n, in, out);
        const auto ours = value_and_gradients(p, affine);
        const auto torchs = value_and_gradients(
            p,
            [](const Tensor& x, const Tensor& w, const Tensor& b) { return at::linear(x, w, b); });
        for (size_t i = 0; i < ours.size(); ++i) {
          EXPECT_LT(relative(ours[i], torchs[i]), 2e-6) << n << " " << in << " " << out << " " << i;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, AffineByVectorsOf, testing::Values(64, 32, 16));

TEST(Affine, TakesAnyLayoutAndNoBias) {
  const Tensor x = randn({12, 40}, 1).t(), weight = randn({12, 10}, 2).t();
  EXPECT_LT(relative(affine(x, weight, {}), at::linear(x, weight)), 2e-6);
  const Tensor maps = randn({4, 3, 12}, 3);
  EXPECT_LT(relative(affine(maps, weight, {}), at::linear(maps, weight)), 2e-6);
  EXPECT_EQ(affine(at::empty({0, 12}), weight, {}).sizes(), (at::IntArrayRef{0, 10}));
}

TEST(Affine, WritesNothingBehindItsRows) {
  const Tensor one = affine(at::ones({5, 3}), at::ones({3, 3}), at::zeros({3}));
  EXPECT_TRUE(at::equal(one, at::full({5, 3}, 3.0F)));
}

TEST(Affine, NotANumberStaysInItsRow) {
  Tensor x = at::ones({6, 3});
  x[2][1] = std::numeric_limits<float>::quiet_NaN();
  const Tensor out = affine(x, at::ones({2, 3}), {});
  EXPECT_TRUE(at::equal(out.isnan().any(1), at::arange(6) == 2));
}

TEST(Affine, CanBeDifferentiatedTwice) {
  const Problem p = problem(7, 4, 3);
  const auto penalty = [&](auto f) {
    const Tensor value = at::tanh(f(p.x, p.weight, p.bias));
    const Tensor slope = torch::autograd::grad({value.sum()}, {p.x}, {}, true, true)[0];
    return torch::autograd::grad({slope.square().sum()}, {p.weight})[0];
  };
  const Tensor torchs = penalty(
      [](const Tensor& x, const Tensor& w, const Tensor& b) { return at::linear(x, w, b); });
  EXPECT_LT(relative(penalty(affine), torchs), 1e-5);
}

TEST(Affine, GivesNoGradientThatNobodyAsksFor) {
  const Tensor x = randn({5, 4}), weight = randn({3, 4}, 2).requires_grad_();
  affine(x, weight, {}).sum().backward();
  EXPECT_TRUE(weight.grad().defined());
  EXPECT_FALSE(x.grad().defined());
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(affine(x, weight, {}).requires_grad());
}

}  // namespace
}  // namespace glow
