#include "glow/training/losses.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/training/support.h"

namespace glow {
namespace {

double value(const char* name, const Forward& f) { return Loss(name)(f).item<double>(); }

const Tensor kLogits = at::tensor({1.0, 2.0, 0.5, -1.0, 0.0, 3.0}).reshape({2, 3});
const Tensor kClasses = at::tensor({2, 0}, at::kLong);

// −ln softmax by hand.
double expected_cross_entropy() {
  const double first = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(0.5)) - 0.5;
  const double second = std::log(std::exp(-1.0) + 1 + std::exp(3.0)) + 1.0;
  return (first + second) / 2;
}

TEST(Losses, CrossEntropyOfLogitsByHand) {
  EXPECT_NEAR(value("cross_entropy", forward(kLogits, kClasses)), expected_cross_entropy(), 1e-12);
}

TEST(Losses, CrossEntropyTakesTheLogitsBehindASoftmax) {
  const Tensor p = at::softmax(kLogits, 1);
  EXPECT_NEAR(value("cross_entropy", forward(p, kClasses, kLogits)), expected_cross_entropy(),
              1e-12);
}

TEST(Losses, NoFloorOfADoubleSoftmax) {
  // Ten classes, a certain and right prediction: a second softmax would give 1.4612.
  const Tensor logits = 100 * at::eye(10, at::kDouble);
  const Tensor y = at::arange(10);
  EXPECT_LT(value("cross_entropy", forward(at::softmax(logits, 1), y, logits)), 1e-6);
}

TEST(Losses, OneHotIsTheSameAsClasses) {
  const Tensor one_hot = at::one_hot(kClasses, 3).to(at::kDouble);
  EXPECT_NEAR(value("cross_entropy", forward(kLogits, one_hot)), expected_cross_entropy(), 1e-12);
}

TEST(Losses, BinaryCrossEntropyByHandAndFromLogits) {
  const Tensor p = at::tensor({0.9, 0.2}, at::kDouble).unsqueeze(1);
  const Tensor y = at::tensor({1, 0}, at::kLong);
  const double expected = -(std::log(0.9) + std::log(0.8)) / 2;
  EXPECT_NEAR(value("binary_cross_entropy", forward(p, y)), expected, 1e-12);
  EXPECT_NEAR(value("binary_cross_entropy", forward(p, y, at::logit(p), true)), expected, 1e-12);
}

TEST(Losses, KnowWhichActivationTheLogitsAreBehind) {
  // Equal logits under a softmax are one half each; under a sigmoid they would be nearly one.
  const Tensor logits = at::full({2, 2}, 5.0, at::kDouble), y = at::eye(2, at::kDouble);
  EXPECT_NEAR(value("binary_cross_entropy", forward(at::softmax(logits, 1), y, logits)),
              std::log(2.0), 1e-12);
  EXPECT_THROW(value("cross_entropy", forward(at::sigmoid(logits), y, logits, true)), ValueError);
}

TEST(Losses, TargetsThatAreNoClassesAreErrors) {
  const Tensor column = at::tensor({2.0, 0.0}, at::kDouble).unsqueeze(1);
  EXPECT_NEAR(value("nll", forward(at::log_softmax(kLogits, 1), column)), expected_cross_entropy(),
              1e-12);
  EXPECT_THROW(value("nll", forward(kLogits, column + 0.5)), ValueError);
  EXPECT_THROW(value("cross_entropy", forward(kLogits, column)), ValueError);
}

TEST(Losses, RegressionByHand) {
  const Tensor p = at::tensor({1.0, 4.0}, at::kDouble).unsqueeze(1);
  const Tensor y = at::tensor({0.5, 1.0}, at::kDouble).unsqueeze(1);
  EXPECT_NEAR(value("mse", forward(p, y)), (0.25 + 9) / 2, 1e-12);
  EXPECT_NEAR(value("mae", forward(p, y)), (0.5 + 3) / 2, 1e-12);
  EXPECT_NEAR(value("huber", forward(p, y)), (0.125 + 2.5) / 2, 1e-12);
}

TEST(Losses, NllOfLogProbabilities) {
  EXPECT_NEAR(value("nll", forward(at::log_softmax(kLogits, 1), kClasses)),
              expected_cross_entropy(), 1e-12);
}

TEST(Losses, ShapesThatDoNotFitAreErrors) {
  EXPECT_THROW(value("mse", forward(at::zeros({4, 2}), at::zeros({4, 3}))), ValueError);
  Forward f = forward(kLogits, kClasses);
  f.segment.classes = 4;
  EXPECT_THROW(value("cross_entropy", f), ValueError);
  EXPECT_THROW(Loss("cross_entrpy"), ValueError);
}

TEST(Losses, CustomOnesOfPredictionSegmentAndForward) {
  const Forward f = forward(kLogits, kClasses);
  const Loss of_prediction([](const Tensor& p, const Tensor&) { return p.sum(); });
  const Loss of_segment([](const Segment& s) { return s.y.sum().to(at::kDouble); });
  const Loss of_forward([](const Forward& g) { return 2 * g.prediction.sum(); });
  EXPECT_NEAR(of_prediction(f).item<double>(), 5.5, 1e-12);
  EXPECT_NEAR(of_segment(f).item<double>(), 2, 1e-12);
  EXPECT_NEAR((of_prediction + of_forward)(f).item<double>(), 16.5, 1e-12);
}

TEST(Losses, ComplexityPenaltyHasAGradientAndLeavesTheOutputOut) {
  Forward f = forward(kLogits, kClasses);
  f.segment.x = at::randn({6, 4}, at::kDouble);
  const Tensor t = at::randn({6, 3}, at::kDouble).requires_grad_();
  const Tensor out = at::randn({6, 2}, at::kDouble).requires_grad_();
  f.segment.layers = {{"dense_1", t, {}, {}, {}}, {"dense_2", out, {}, {}, {}}};
  const EstimatorPtr hsic = make_estimator("hsic(sigma=2)");
  const Tensor loss = complexity_penalty(hsic, 0.5)(f);
  EXPECT_NEAR(loss.item<double>(), 0.5 * hsic->estimate(t, f.segment.x).number(), 1e-12);
  loss.backward();
  EXPECT_GT(t.grad().abs().sum().item<double>(), 0);
  EXPECT_FALSE(out.grad().defined());
  EXPECT_THROW(complexity_penalty(make_estimator("binned"), 1), ValueError);
}

TEST(Losses, KDEIsAPenaltyOfTheLayerNotOfItsInput) {
  Forward f = forward(kLogits, kClasses);
  const Tensor t = at::randn({2, 3}, at::kDouble).set_requires_grad(true);
  f.segment.x = at::randn({2, 4}, at::kDouble);
  f.segment.layers = {{.name = "dense_1", .value = at::relu(t)},
                      {.name = "dense_2", .value = kLogits}};
  const Tensor loss = complexity_penalty(make_estimator("kde"), 1)(f);
  loss.backward();
  EXPECT_TRUE(t.grad().defined());
}

}  // namespace
}  // namespace glow
