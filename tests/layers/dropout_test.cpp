#include "glow/layers/dropout.h"

#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "glow/core/error.h"
#include "glow/layers/recorder.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

struct Clocked {
  std::shared_ptr<StreamClock> clock = std::make_shared<StreamClock>();
  Dropout layer{0.4};
  explicit Clocked(uint64_t seed, const std::string& name = "dropout_1") {
    clock->seed = seed;
    BuildContext context = context_for({1000}, seed, name);
    context.clock = clock;
    layer.prepare(context);
  }
  Tensor at_step(int64_t step) {
    clock->step = step;
    return layer(at::ones({4, 1000}));
  }
};

TEST(Dropout, GivesZerosAndScaledValues) {
  Clocked dropout(0);
  const Tensor out = dropout.at_step(0);
  const Tensor zero = out == 0;
  const Tensor scaled = (out - 1 / 0.6).abs() < 1e-4;
  EXPECT_TRUE((zero | scaled).all().item<bool>());
  // The share of zeros among n = 4000 has the standard error √(0.4·0.6/n); five of them.
  EXPECT_NEAR(zero.to(at::kDouble).mean().item<double>(), 0.4, 5 * std::sqrt(0.24 / 4000));
}

TEST(Dropout, KeepsTheExpectation) {
  Clocked dropout(1);
  double sum = 0;
  for (int64_t step = 0; step < 100; ++step) {
    sum += dropout.at_step(step).mean().item<double>();
  }
  // An element has the variance rate/(1 − rate); 400000 of them, five standard errors.
  EXPECT_NEAR(sum / 100, 1, 5 * std::sqrt(0.4 / 0.6 / 400000));
}

TEST(Dropout, ElementsOfOneDrawAreIndependent) {
  // Four neighbours share a draw. Products of two centred indicators have the variance (pq)², so
  // the mean over n = 100000 pairs has the standard error pq/√n; five of them.
  const auto layer = built(Dropout(0.4), {4});
  const Tensor zero = ((*layer)(at::ones({100000, 4})) == 0).to(at::kDouble) - 0.4;
  for (int64_t a = 0; a < 4; ++a) {
    for (int64_t b = 0; b < a; ++b) {
      const double covariance = (zero.select(1, a) * zero.select(1, b)).mean().item<double>();
      EXPECT_LT(std::abs(covariance), 5 * 0.24 / std::sqrt(100000.0));
    }
  }
}

TEST(Dropout, TakesExtremeRatesAndOddSizes) {
  for (const double rate : {1e-9, 1 - 1e-9}) {
    const Tensor out = (*built(Dropout(rate), {7}))(at::ones({3, 7}));
    EXPECT_EQ(out.sizes().vec(), (Shape{3, 7}));
    EXPECT_TRUE(at::isfinite(out).all().item<bool>());
  }
  EXPECT_EQ((*built(Dropout(0.5), {7}))(at::ones({0, 7})).sizes().vec(), (Shape{0, 7}));
  EXPECT_EQ((*built(Dropout(0.5), {7}))(at::ones({2, 7}, at::kDouble)).scalar_type(), at::kDouble);
}

TEST(Dropout, IsAFunctionOfSeedNameAndStep) {
  Clocked dropout(3);
  const Tensor first = dropout.at_step(7);
  EXPECT_FALSE(at::equal(dropout.at_step(8), first));
  EXPECT_TRUE(at::equal(dropout.at_step(7), first));
  EXPECT_TRUE(at::equal(Clocked(3).at_step(7), first));
  EXPECT_FALSE(at::equal(Clocked(4).at_step(7), first));
  EXPECT_FALSE(at::equal(Clocked(3, "dropout_2").at_step(7), first));
}

TEST(Dropout, RunsOfOneStepDiffer) {
  Clocked dropout(3);
  const Tensor first = dropout.at_step(7);
  EXPECT_FALSE(at::equal(dropout.at_step(7), first));
}

TEST(Dropout, HasNothingToDoWithTorchsGenerator) {
  const Tensor expected = Clocked(3).at_step(7);
  at::Generator global = at::globalContext().defaultGenerator(c10::kCPU);
  at::manual_seed(99);
  const Tensor before = global.get_state();
  EXPECT_TRUE(at::equal(Clocked(3).at_step(7), expected));
  EXPECT_TRUE(at::equal(global.get_state(), before));
}

TEST(Dropout, GivesTheSameSideBySide) {
  constexpr int kSteps = 50;
  const auto total = [](uint64_t seed) {
    Clocked dropout(seed);
    Tensor sum = at::zeros({4, 1000});
    for (int64_t step = 0; step < kSteps; ++step) sum += dropout.at_step(step) * (step + 1);
    return sum;
  };
  const Tensor alone[] = {total(1), total(2)};
  Tensor together[2];
  std::thread one([&] { together[0] = total(1); });
  std::thread two([&] { together[1] = total(2); });
  one.join();
  two.join();
  EXPECT_TRUE(at::equal(alone[0], together[0]));
  EXPECT_TRUE(at::equal(alone[1], together[1]));
}

TEST(Dropout, DoesNothingInEvaluationOrAtRateZero) {
  const Tensor x = randn({3, 5});
  const auto none = built(Dropout(0), {5});
  EXPECT_TRUE(at::equal((*none)(x), x));
  const auto layer = built(Dropout(0.4), {5});
  layer->eval();
  EXPECT_TRUE(at::equal((*layer)(x), x));
  EXPECT_EQ((*layer)(x).data_ptr(), x.data_ptr());
}

TEST(Dropout, IsRandomInTrainingOnly) {
  const auto layer = built(Dropout(0.4), {5});
  {
    Recorder recorder;
    (*layer)(randn({3, 5}));
    EXPECT_FALSE(recorder.deterministic());
  }
  layer->eval();
  Recorder recorder;
  (*layer)(randn({3, 5}));
  EXPECT_TRUE(recorder.deterministic());
}

TEST(Dropout, GradientGoesThroughWhatIsKept) {
  const auto layer = built(Dropout(0.5), {50});
  const Tensor x = at::ones({2, 50}).requires_grad_();
  const Tensor out = (*layer)(x);
  out.sum().backward();
  EXPECT_TRUE(at::equal(x.grad(), out));
}

TEST(Dropout, RefusesRatesThatAreNone) {
  EXPECT_EQ(message_of<ValueError>([] { Dropout(1.5); }),
            "Dropout: rate must be at least 0 and below 1, got 1.5");
  EXPECT_THROW(Dropout(1), ValueError);
  EXPECT_THROW(Dropout(-0.1), ValueError);
  EXPECT_THROW(Dropout(std::nan("")), ValueError);
}

}  // namespace
}  // namespace glow
