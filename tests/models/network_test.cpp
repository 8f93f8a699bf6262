#include "glow/models/network.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "glow/layers/activations.h"
#include "glow/layers/conv.h"
#include "glow/layers/dense.h"
#include "glow/layers/dropout.h"
#include "glow/layers/flatten.h"
#include "glow/models/sequential.h"
#include "tests/models/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

std::unique_ptr<Sequential> small(int64_t seed = 0) {
  auto model =
      std::make_unique<Sequential>(Shape{4}, NetworkOptions{.device = "cpu", .seed = seed});
  model->add(Dense(8, {.activation = "tanh"}));
  model->add(Dropout(0.2));
  model->add(Dense(2, {.activation = "softmax"}));
  model->compile({.optimizer = Adam({.learning_rate = 0.02}), .metrics = {"accuracy"}});
  return model;
}

class Branches : public Network {
 public:
  Branches()
      : Network({4}, {.device = "cpu"}),
        left_(add(Dense(3, {.activation = "relu"}))),
        right_(add(Dense(5, {.activation = "tanh"}))),
        out_(add(Dense(2, {.activation = "softmax"}))) {}
  Tensor forward(const Tensor& x) override { return out_(at::cat({left_(x), right_(x)}, 1)); }

 private:
  Dense &left_, &right_, &out_;
};

TEST(Network, LearnsALine) {
  const auto model = small();
  const Tensor x = inputs(256), y = labels(x);
  const History& history = model->fit(x, y, {.epochs = 30, .verbose = 0});
  EXPECT_EQ(history.epochs(), 30U);
  EXPECT_GT(history["accuracy"].back(), 0.9);
  EXPECT_GT(log_value(model->evaluate(x, y), "accuracy"), 0.95);
}

TEST(Network, SameSeedSameBits) {
  const Tensor x = inputs(), y = labels(x);
  const auto a = small(3), b = small(3), c = small(4);
  for (const auto& model : {&a, &b, &c}) {
    at::manual_seed(reinterpret_cast<uintptr_t>(model) % 1000);  // torch's own must not matter
    (*model)->fit(x, y, {.epochs = 2, .validation_split = 0.25, .verbose = 0});
  }
  EXPECT_TRUE(at::equal(a->predict(x), b->predict(x)));
  EXPECT_FALSE(at::equal(a->predict(x), c->predict(x)));
}

TEST(Network, AUsersOwnForwardInfersItsShapes) {
  Branches model;
  model.compile({.optimizer = Adam({.learning_rate = 0.02}), .metrics = {"accuracy"}});
  EXPECT_EQ(model.parameter_count(), 4 * 3 + 3 + 4 * 5 + 5 + 8 * 2 + 2);
  const Tensor x = inputs(256), y = labels(x);
  EXPECT_GT(model.fit(x, y, {.epochs = 30, .verbose = 0})["accuracy"].back(), 0.9);
  const Segment segment = model.observe(x, y);
  ASSERT_EQ(segment.layers.size(), 3U);
  EXPECT_EQ(segment.layers[0].name, "dense_1");
  EXPECT_EQ(segment.layers[1].value.size(1), 5);
  EXPECT_TRUE(segment.layers[2].logits.defined());
  EXPECT_TRUE(segment.deterministic);
}

TEST(Network, PredictIsInEvaluationModeAndInParts) {
  const auto model = small();
  const Tensor x = inputs(10);
  EXPECT_TRUE(at::allclose(model->predict(x), model->predict(x, 3)));
  EXPECT_EQ(model->predict(x).sizes(), (at::IntArrayRef{10, 2}));
  EXPECT_TRUE(model->is_training());
}

TEST(Network, WeightsGoThroughAFile) {
  const std::string path = testing::TempDir() + "glow_weights.safetensors";
  const auto a = small(1), b = small(2);
  const Tensor x = inputs();
  a->save(path);
  b->load(path);
  EXPECT_TRUE(at::equal(a->predict(x), b->predict(x)));
  Sequential other({4}, {.device = "cpu"});
  other.add(Dense(9));
  EXPECT_THROW(other.load(path), DataError);
  std::filesystem::remove(path);
}

TEST(Network, MistakesAreNamed) {
  Sequential model({4}, {.device = "cpu"});
  EXPECT_THROW(model.compile(), StateError);
  model.add(Dense(2));
  EXPECT_THROW(model.fit(inputs(), labels(inputs())), StateError);
  model.compile();
  EXPECT_THROW(model.predict(at::zeros({3, 5})), ValueError);
  EXPECT_THROW(model.predict(at::zeros({0, 4})), ValueError);
  EXPECT_THROW(model.fit(inputs(5), labels(inputs(6)), {.verbose = 0}), Error);
  EXPECT_THROW(Sequential({0}), ValueError);
}

TEST(Network, MoreClassesThanOutputsIsAnError) {
  const auto model = small();
  const Tensor y = at::arange(64) % 5;
  EXPECT_THROW(model->fit(inputs(), y, {.verbose = 0}), ValueError);
}

TEST(Network, ALayerThatForwardDoesNotRunIsFound) {
  struct Forgetful : Network {
    Forgetful() : Network({4}, {.device = "cpu"}), used(add(Dense(2))) { add(Dense(3)); }
    Tensor forward(const Tensor& x) override { return used(x); }
    Dense& used;
  };
  Forgetful model;
  try {
    model.build();
    FAIL();
  } catch (const StateError& error) {
    EXPECT_THAT(error.what(), HasSubstr("dense_2"));
  }
}

TEST(Network, SummaryAsKeras) {
  Sequential model({1, 28, 28}, {.device = "cpu"});
  model.add(Conv2d(16, 3, {.stride = 1, .padding = 1}));
  model.add(Flatten());
  model.add(Dense(10, {.activation = "softmax"}));
  const std::string text = model.summary();
  EXPECT_THAT(text, HasSubstr("conv2d_1 (Conv2d)"));
  EXPECT_THAT(text, HasSubstr("(None, 16, 28, 28)"));
  EXPECT_THAT(text, HasSubstr("Total params: 125,610"));
}

TEST(Network, ASeparateActivationBelongsToItsLayer) {
  Sequential model({4}, {.device = "cpu"});
  model.add(Dense(3));
  model.add(Activation("softmax"));
  const Segment segment = model.observe(inputs(5), labels(inputs(5)));
  ASSERT_EQ(segment.layers.size(), 1U);
  EXPECT_TRUE(segment.layers[0].logits.defined());
  EXPECT_TRUE(at::allclose(segment.layers[0].value.sum(1), at::ones({5})));
}

TEST(Network, ALayerThatWasNotAddedIsAnError) {
  class Forgotten : public Network {
   public:
    Forgotten() : Network({4}, {.device = "cpu"}), output_(add(Dense(2))) {}
    Tensor forward(const Tensor& x) override { return output_(hidden_(x)); }

   private:
    Dense hidden_{3};
    Layer& output_;
  };
  EXPECT_THROW(Forgotten().build(), StateError);
}

TEST(Network, FitTakesLabelsAndTargetsOfAnyType) {
  const Tensor x = inputs(32), y = labels(x);
  for (const Tensor& given :
       {y.to(at::kInt), y.unsqueeze(1), at::one_hot(y, 2), at::one_hot(y, 2).to(at::kDouble)}) {
    EXPECT_NO_THROW(small()->fit(x, given, {.epochs = 1, .verbose = 0}));
  }
  EXPECT_NO_THROW(small()->fit(at::round(x).to(at::kLong), y, {.epochs = 1, .verbose = 0}));
}

TEST(Network, CustomLossOfTheWholeSegment) {
  auto model = small();
  const EstimatorPtr hsic = make_estimator("hsic(sigma=1)");
  model->compile({.optimizer = "Adam",
                  .loss = Loss("cross_entropy") + Loss(complexity_penalty(hsic, 10)),
                  .metrics = {}});
  const Tensor x = inputs(128), y = labels(x);
  const auto complexity = [&] {
    return hsic->estimate(model->observe(x, y).layers[0].value, x).number();
  };
  const double before = complexity();
  model->fit(x, y, {.epochs = 10, .verbose = 0});
  EXPECT_LT(complexity(), before);
}

}  // namespace
}  // namespace glow
