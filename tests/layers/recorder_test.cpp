#include "glow/layers/recorder.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "glow/layers/activations.h"
#include "glow/layers/conv.h"
#include "glow/layers/dense.h"
#include "glow/layers/dropout.h"
#include "glow/layers/flatten.h"
#include "glow/layers/normalization.h"
#include "glow/layers/pooling.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

// Layers in a row, named by their place: 1, 2, …
class Row {
 public:
  explicit Row(Shape input) : input_(input), shape_(std::move(input)) {}
  template <class L>
  Row& add(L layer) {
    layers_.push_back(std::make_shared<L>(std::move(layer)));
    shape_ = layers_.back()->prepare(context_for(shape_, 0, std::to_string(layers_.size())));
    return *this;
  }
  void train(bool on) {
    for (auto& layer : layers_) layer->train(on);
  }
  /// What came out of each layer.
  std::vector<Tensor> run() {
    Shape batch{4};
    batch.insert(batch.end(), input_.begin(), input_.end());
    std::vector<Tensor> outputs;
    Tensor x = randn(batch);
    for (auto& layer : layers_) outputs.push_back(x = (*layer)(x));
    return outputs;
  }

 private:
  Shape input_, shape_;
  std::vector<LayerPtr> layers_;
};

std::vector<std::string> names(Recorder& recorder) {
  std::vector<std::string> out;
  for (const auto& layer : recorder.layers()) out.push_back(layer.name);
  return out;
}

using testing::ElementsAre;

TEST(Recorder, KeepsTheLayersWithParameters) {
  Row row({1, 6, 6});
  row.add(Conv2d(2, 3)).add(MaxPool2d(2)).add(Flatten()).add(Dropout(0.4)).add(Dense(3));
  Recorder recorder;
  const auto out = row.run();
  EXPECT_THAT(names(recorder), ElementsAre("1", "5"));
  EXPECT_TRUE(recorder.layers()[0].value.is_same(out[0]));
  EXPECT_TRUE(recorder.layers()[1].value.is_same(out[4]));
}

TEST(Recorder, KeepsTheGraph) {
  Row row({5});
  row.add(Dense(3, {.activation = "relu"})).add(Dense(2));
  Recorder recorder;
  const auto out = row.run();
  EXPECT_TRUE(recorder.layers()[0].value.requires_grad());
  recorder.layers()[0].value.sum().backward();
}

TEST(Recorder, ActivationsAndNormalizationsAmendWhatTheyFollow) {
  Row row({1, 6, 6});
  row.add(Conv2d(2, 3)).add(BatchNorm2d()).add(Activation("relu")).add(Flatten());
  row.add(Dense(3)).add(LayerNorm()).add(Activation("tanh"));
  Recorder recorder;
  const auto out = row.run();
  EXPECT_THAT(names(recorder), ElementsAre("1", "5"));
  EXPECT_TRUE(recorder.layers()[0].value.is_same(out[2]));
  EXPECT_TRUE(recorder.layers()[1].value.is_same(out[6]));
}

TEST(Recorder, WhatLiesBetweenBreaksTheAmending) {
  Row row({1, 6, 6});
  row.add(Conv2d(2, 3)).add(MaxPool2d(2)).add(Activation("relu")).add(BatchNorm2d());
  Recorder recorder;
  const auto out = row.run();
  // A normalization with parameters that follows no layer is one itself.
  EXPECT_THAT(names(recorder), ElementsAre("1", "4"));
  EXPECT_TRUE(recorder.layers()[0].value.is_same(out[0]));
}

TEST(Recorder, DropoutBreaksItInTrainingAndEvaluation) {
  for (const bool training : {true, false}) {
    Row row({5});
    row.add(Dense(3)).add(Dropout(0.4)).add(Activation("relu"));
    row.train(training);
    Recorder recorder;
    const auto out = row.run();
    ASSERT_EQ(recorder.layers().size(), 1u);
    EXPECT_TRUE(recorder.layers()[0].value.is_same(out[0])) << training;
  }
}

TEST(Recorder, NotesTheLogits) {
  for (const char* name : {"softmax", "log_softmax", "sigmoid"}) {
    Row row({5});
    row.add(Dense(4, {.activation = "relu"})).add(Dense(3, {.activation = name}));
    Recorder recorder;
    const auto out = row.run();
    EXPECT_FALSE(recorder.layers()[0].logits.defined());
    const Representation& last = recorder.layers()[1];
    ASSERT_TRUE(last.logits.defined()) << name;
    EXPECT_TRUE(recorder.logits_of(out[1]).is_same(last.logits));
    EXPECT_TRUE(at::equal(activation(name)(last.logits), last.value)) << name;
  }
}

TEST(Recorder, NotesTheLogitsOfASeparateActivation) {
  Row row({5});
  row.add(Dense(3)).add(Activation("softmax"));
  Recorder recorder;
  const auto out = row.run();
  ASSERT_EQ(recorder.layers().size(), 1u);
  EXPECT_TRUE(recorder.layers()[0].value.is_same(out[1]));
  EXPECT_TRUE(recorder.layers()[0].logits.is_same(out[0]));
}

TEST(Recorder, LogitsEndWithTheNextAmendment) {
  Row row({5});
  row.add(Dense(3, {.activation = "sigmoid"})).add(LayerNorm());
  Recorder recorder;
  row.run();
  EXPECT_FALSE(recorder.layers()[0].logits.defined());
}

TEST(Recorder, KnowsWhetherTheRunWasDeterministic) {
  Row row({5});
  row.add(Dense(3)).add(Dropout(0.4)).add(Dense(2));
  {
    Recorder recorder;
    row.run();
    EXPECT_FALSE(recorder.deterministic());
  }
  row.train(false);
  Recorder recorder;
  row.run();
  EXPECT_TRUE(recorder.deterministic());
}

TEST(Recorder, TheInnermostOneCounts) {
  Row row({5});
  row.add(Dense(3));
  Recorder outer;
  {
    Recorder inner;
    row.run();
    EXPECT_EQ(inner.layers().size(), 1u);
  }
  EXPECT_TRUE(outer.layers().empty());
  row.run();
  EXPECT_EQ(outer.layers().size(), 1u);
}

TEST(Recorder, GoesOnAfterALayerThatThrew) {
  const auto layer = built(Dense(3), {5});
  Recorder recorder;
  EXPECT_ANY_THROW((*layer)(randn({4, 6})));
  (*layer)(randn({4, 5}));
  EXPECT_EQ(recorder.layers().size(), 1u);
}

}  // namespace
}  // namespace glow
