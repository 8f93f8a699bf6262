#include "glow/training/metrics.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/training/support.h"

namespace glow {
namespace {

const Tensor kPrediction =
    at::tensor({.1, .7, .2, .5, .3, .2, .2, .3, .5, .4, .35, .25}).reshape({4, 3});
const Tensor kTruth = at::tensor({1, 0, 0, 1}, at::kLong);

TEST(Metrics, AccuracyOfClassesAndOneHot) {
  EXPECT_DOUBLE_EQ(Metric("accuracy")(forward(kPrediction, kTruth)).mean(), 0.5);
  const Tensor one_hot = at::one_hot(kTruth, 3).to(at::kFloat);
  EXPECT_DOUBLE_EQ(Metric("accuracy")(forward(kPrediction, one_hot)).mean(), 0.5);
}

TEST(Metrics, OptionsAreInTheName) {
  EXPECT_EQ(Metric("top_k_accuracy(k=2)").name(), "top_k_accuracy(k=2)");
  EXPECT_NO_THROW(check_names({"top_k_accuracy(k=2)", "top_k_accuracy(k=3)", "accuracy"}));
  EXPECT_THROW(check_names({"accuracy", "mse", "accuracy"}), ValueError);
}

TEST(Metrics, AccuracyOfOneOutputIsAboveAHalf) {
  const Tensor p = at::tensor({.9, .4, .6}).unsqueeze(1);
  EXPECT_DOUBLE_EQ(Metric("accuracy")(forward(p, at::tensor({1, 0, 0}, at::kLong))).mean(), 2. / 3);
}

TEST(Metrics, TopK) {
  EXPECT_DOUBLE_EQ(Metric("top_k_accuracy(k=2)")(forward(kPrediction, kTruth)).mean(), 0.75);
  EXPECT_DOUBLE_EQ(Metric("top_k_accuracy(k=3)")(forward(kPrediction, kTruth)).mean(), 1);
  EXPECT_THROW(Metric("top_k_accuracy")(forward(kPrediction, kTruth)), ValueError);
  EXPECT_THROW(Metric("top_k_accuracy(k=0)"), ValueError);
}

TEST(Metrics, Errors) {
  const Tensor p = at::tensor({1.0, 4.0}).unsqueeze(1), y = at::tensor({0.0, 1.0}).unsqueeze(1);
  EXPECT_DOUBLE_EQ(Metric("mse")(forward(p, y)).mean(), 5);
  EXPECT_DOUBLE_EQ(Metric("mae")(forward(p, y)).mean(), 2);
}

TEST(Metrics, SumsAddOverBatchesOfUnequalSize) {
  MetricSum sum = Metric("accuracy")(forward(kPrediction.slice(0, 0, 3), kTruth.slice(0, 0, 3)));
  sum += Metric("accuracy")(forward(kPrediction.slice(0, 3), kTruth.slice(0, 3)));
  EXPECT_DOUBLE_EQ(sum.mean(), 0.5);
}

TEST(Metrics, AUsersOwnMustGiveOneValueAnExample) {
  const Metric own("confidence", [](const Tensor& p, const Tensor&) { return p.amax(1); });
  EXPECT_NEAR(own(forward(kPrediction, kTruth)).mean(), (.7 + .5 + .5 + .4) / 4, 1e-7);
  const Metric wrong("sum", [](const Tensor& p, const Tensor&) { return p.sum(); });
  EXPECT_THROW(wrong(forward(kPrediction, kTruth)), ValueError);
  EXPECT_THROW(Metric("acuracy"), ValueError);
}

}  // namespace
}  // namespace glow
