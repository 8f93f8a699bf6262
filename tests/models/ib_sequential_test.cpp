#include "glow/models/ib_sequential.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "glow/core/error.h"
#include "glow/information/binned.h"
#include "glow/information/hsic.h"
#include "glow/layers/dense.h"
#include "glow/layers/dropout.h"
#include "tests/models/support.h"

namespace glow {
namespace {

void build(IBSequential& model) {
  model.add(Dense(6, {.activation = "tanh"}));
  model.add(Dropout(0.3));
  model.add(Dense(2, {.activation = "softmax"}));
  model.compile({.optimizer = Adam({.learning_rate = 0.01}), .metrics = {"accuracy"}});
}

TEST(IBSequential, TwoCoordinatesALayerOfEveryBatch) {
  IBSequential model({4}, {.device = "cpu"});
  build(model);
  model.attach_evaluator(HSIC({.kernel = "gaussian", .sigma = 5}));
  model.attach_evaluator("hsic(kernel=linear)");
  const Tensor x = inputs(70), y = labels(x);
  model.fit(x, y, {.batch_size = 32, .epochs = 2, .verbose = 0});
  // The output is a layer too; Dropout has no parameters and is none.
  const Tensor dynamics = model.evaluated_dynamics();
  EXPECT_EQ(dynamics.sizes(), (at::IntArrayRef{2, 3, 2, 2, 2}));
  EXPECT_TRUE(at::isfinite(dynamics).all().item<bool>());
  EXPECT_EQ(model.plane().size(), 2U * 3 * 2 * 2);
  EXPECT_EQ(model.plane().front().step, 0);
  EXPECT_EQ(model.plane().front().epoch, 1);
  EXPECT_EQ(model.plane().front().name, "dense_1");
  EXPECT_EQ(model.plane().back().step, 5);
  EXPECT_EQ(model.plane().back().n, 6);  // 70 = 32 + 32 + 6
}

TEST(IBSequential, YIsTheTrueLabel) {
  // PyGlow took the network's own output: with labels of chance the two differ.
  IBSequential model({4}, {.device = "cpu"});
  model.add(Dense(2, {.activation = "softmax"}));
  model.compile({.optimizer = SGD({.learning_rate = 1e-9})});
  model.attach_evaluator(HSIC());
  const Tensor x = inputs(40), y = at::arange(40) % 2;
  Loader data(
      [&] {
        Dataset set;
        set.name = "chance", set.x = x, set.y = y, set.classes = 2;
        return set;
      }(),
      {.batch_size = 40});
  model.fit_generator(data, 1, {.verbose = 0});
  const Tensor t = model.observe(x, y).layers[0].value;
  EXPECT_NEAR(model.plane()[0].generalization, hsic(t, at::one_hot(y, 2).to(at::kFloat)).number(),
              1e-6);
}

TEST(IBSequential, TrainingIsTheSameToTheBitWithAndWithoutTracking) {
  const Tensor x = inputs(100), y = labels(x);
  const auto weights = [&](bool batch, bool probe) {
    IBSequentialOptions options{.device = "cpu", .seed = 5};
    if (probe) options.dynamics = {.every = 2, .on = "validation"};
    IBSequential model({4}, options);
    build(model);
    if (batch || probe) {
      model.attach_evaluator(HSIC({.sigma = "median"}));
      model.attach_evaluator("binned(bins=10)");
    }
    if (probe) model.set_probe(x.slice(0, 0, 20), y.slice(0, 0, 20));
    model.fit(x, y, {.batch_size = 16, .epochs = 3, .verbose = 0});
    return model.predict(x);
  };
  const Tensor expected = weights(false, false);
  EXPECT_TRUE(at::equal(expected, weights(true, false)));
  EXPECT_TRUE(at::equal(expected, weights(false, true)));
}

TEST(IBSequential, AProbeIsMeasuredBeforeTrainingToo) {
  IBSequentialOptions options{.device = "cpu"};
  options.dynamics = {.every = "epoch", .on = "validation", .unit = Unit::bits};
  IBSequential model({4}, options);
  build(model);
  model.attach_evaluator(Binned({.bins = 10}));
  const Tensor x = inputs(64), y = labels(x);
  EXPECT_THROW(model.fit(x, y, {.verbose = 0}), StateError);
  model.set_probe(x, y);
  model.fit(x, y, {.epochs = 2, .verbose = 0});
  EXPECT_EQ(model.plane().size(), 3U * 2);
  EXPECT_EQ(model.plane().front().epoch, 0);
  EXPECT_EQ(model.plane().front().mode, "eval");
  EXPECT_LE(model.plane().front().complexity, 6);  // log2 of 64 examples
  EXPECT_EQ(model.evaluated_dynamics().sizes(), (at::IntArrayRef{2, 1, 1, 2, 2}));
}

TEST(IBSequential, BinnedHasNoComplexityWhileDropoutIsOn) {
  IBSequential model({4}, {.device = "cpu"});
  build(model);
  model.attach_evaluator(Binned());
  const Tensor x = inputs(64);
  model.fit(x, labels(x), {.verbose = 0});
  EXPECT_TRUE(std::isnan(model.plane()[0].complexity));
  EXPECT_FALSE(std::isnan(model.plane()[0].generalization));
}

TEST(IBSequential, SavesRowsAndSegmentsInARunFolder) {
  const auto here = std::filesystem::current_path();
  const auto folder = std::filesystem::path(testing::TempDir()) / "glow_ib_sequential";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  IBSequential model({4}, {.device = "cpu", .save_dynamics = true});
  build(model);
  model.attach_evaluator(HSIC());
  const Tensor x = inputs(64);
  model.fit(x, labels(x), {.epochs = 2, .verbose = 0});
  EXPECT_EQ(read_plane(model.folder() + "/plane.csv").size(), model.plane().size());
  const auto segments = list_segments(model.folder() + "/segments");
  ASSERT_EQ(segments.size(), 2U);
  const SavedSegment saved = read_segment(segments.back());
  EXPECT_EQ(saved.info.epoch, 2);
  EXPECT_EQ(saved.info.step, 3);
  EXPECT_EQ(saved.segment.layers[0].name, "dense_1");
  EXPECT_EQ(saved.segment.classes, 2);
  std::filesystem::current_path(here);
  std::filesystem::remove_all(folder);
}

TEST(IBSequential, MistakesAreNamed) {
  IBSequential off({4}, {.device = "cpu", .track_dynamics = false});
  EXPECT_THROW(off.attach_evaluator(HSIC()), StateError);
  IBSequential twice({4}, {.device = "cpu"});
  twice.attach_evaluator(HSIC());
  EXPECT_THROW(twice.attach_evaluator(HSIC()), ValueError);
  EXPECT_THROW(twice.attach_evaluator("hsik"), ValueError);
}

}  // namespace
}  // namespace glow
