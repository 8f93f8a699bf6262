#include "glow/report/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample.h"

namespace glow::report {
namespace {

TEST(View, EstimatorsInWords) {
  EXPECT_EQ(estimator_words("binned(edges=30)"), "binned, 29 cells");
  EXPECT_EQ(estimator_words("binned(bins=30)"), "binned, 30 cells");
  EXPECT_EQ(estimator_words("binned(width=0.07)"), "binned, cells of 0.07");
  EXPECT_EQ(estimator_words("hsic(kernel=gaussian, sigma=5)"), "hsic(kernel=gaussian, sigma=5)");
  EXPECT_EQ(estimator_words("my evaluator (v2"), "my evaluator (v2");
}

TEST(View, LayersWithTheirSizes) {
  const RunData run = szt_run(true), small = hsic_run();
  EXPECT_EQ(layer_label({&run, &run.planes[0]}, 0), "dense_1 (10)");
  EXPECT_EQ(layer_label({&run, &run.planes[0]}, 5), "dense_6 (2, output)");
  EXPECT_EQ(layer_label({&small, &small.planes[0]}, 0), "conv2d_1 (16×28×28)");
  RunData unknown = szt_run(true);
  unknown.layers.clear();
  EXPECT_EQ(layer_label({&unknown, &unknown.planes[0]}, 0), "dense_1");
}

TEST(View, AxesCarryUnits) {
  EXPECT_EQ(axis_label("I(X;T)", Unit::bits), "I(X;T) [bits]");
  EXPECT_EQ(axis_label("HSIC(T,X)", Unit::none), "HSIC(T,X)");
}

TEST(View, ScalesHoldAllRunsAndTheirLimits) {
  const RunData tanh = szt_run(true), relu = szt_run(false);
  const auto scales = plane_scales({{&tanh, &tanh.planes[0]}, {&relu, &relu.planes[0]}});
  EXPECT_LT(scales.complexity.low(), 0.6);  // dense_6 of the second
  EXPECT_GT(scales.complexity.high(), 12);  // H(X) of the first
  EXPECT_TRUE(scales.epochs.logarithmic());
}

TEST(View, ATurnThatTheStartOrTheEndHidesIsNoMark) {
  RunData run = szt_run(true);
  const std::vector<View> views = {{&run, &run.planes[0]}};
  const auto& layers = run.planes[0].trajectories.layers;
  const PlaneScales scales = plane_scales(views);
  EXPECT_FALSE(turning_mark(layers[0], scales));  // stays at H(X)
  ASSERT_TRUE(turning_mark(layers[4], scales));
  EXPECT_EQ(*turning_mark(layers[4], scales), turning(layers[4]).turn);
  EXPECT_TRUE(any_turn(views, scales));
  run.planes[0].trajectories.layers.resize(1);
  EXPECT_FALSE(any_turn(views, scales));
}

TEST(View, CurvesWithANullBeginAtZero) {
  RunData run = hsic_run();
  auto& layers = run.planes[0].trajectories.layers;
  layers.erase(layers.begin() + 1, layers.end());  // values from 0.013 on
  const View view{&run, &run.planes[0]};
  EXPECT_TRUE(has_null(run.planes[0].trajectories));
  EXPECT_LE(plane_scales({view}).complexity_curve.low(), 0);
  EXPECT_GT(plane_scales({view}).complexity.low(), 0.01);
  for (auto& point : layers[0].mean) point.complexity_null = point.generalization_null = kUnknown;
  EXPECT_FALSE(has_null(run.planes[0].trajectories));
  EXPECT_GT(plane_scales({view}).complexity_curve.low(), 0.01);
}

TEST(View, RunsAreMatchedByEvaluatorElseByPosition) {
  const std::vector<RunData> both = {szt_run(true), szt_run(false)};
  const auto pair = matching_planes(both);
  ASSERT_EQ(pair.size(), 1u);  // other widths of cells, the same unit
  EXPECT_EQ(pair[0].size(), 2u);

  std::vector<RunData> runs = {szt_run(true), szt_run(false), hsic_run()};
  runs[1].planes.push_back(runs[0].planes[0]);
  const auto groups = matching_planes(runs);
  ASSERT_EQ(groups.size(), 3u);
  ASSERT_EQ(groups[0].size(), 2u);  // hsic has no unit: not on an axis of bits
  EXPECT_EQ(groups[0][1].plane, &runs[1].planes[1]);
  ASSERT_EQ(groups[1].size(), 1u);
  EXPECT_EQ(groups[1][0].plane, &runs[1].planes[0]);
  EXPECT_EQ(groups[2][0].plane, &runs[2].planes[0]);
  EXPECT_TRUE(matching_planes({}).empty());
}

TEST(View, AKnownComplexityAndAnUnknownOneAreNotOnTheSameAxes) {
  const std::vector<RunData> runs = {szt_run(true, 1), without_complexity(szt_run(false, 1))};
  EXPECT_FALSE(lacks_complexity(runs[0].planes[0].trajectories));
  EXPECT_TRUE(lacks_complexity(runs[1].planes[0].trajectories));
  EXPECT_EQ(matching_planes(runs).size(), 2u);
  EXPECT_FALSE(lacks_complexity({}));  // nothing is measured yet
}

TEST(View, CaptionSaysWhatIsKnown) {
  RunData run = szt_run(true, 3);
  run.planes[0].caption.clear();
  EXPECT_EQ(caption_of(run.planes[0]),
            "Mean of 3 networks, bars and bands: one standard error; n = 4096");
  run.planes[0].caption = "given";
  EXPECT_EQ(caption_of(run.planes[0]), "given");
}

}  // namespace
}  // namespace glow::report
