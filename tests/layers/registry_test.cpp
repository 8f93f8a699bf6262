#include "glow/layers/registry.h"

#include <gmock/gmock.h>

#include "glow/core/error.h"
#include "glow/layers/conv.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Value text(const std::string& word) { return {word}; }
Value integer(int64_t number) { return {number}; }

// The smallest table that makes each layer, and an input that it takes.
struct Sample {
  Table table;
  Shape input;
};
Sample sample_of(const std::string& name) {
  Sample sample;
  const char last = name[name.size() - 2];
  const size_t dimensions = last >= '1' && last <= '3' ? static_cast<size_t>(last - '0') : 2;
  sample.input = Shape(dimensions + 1, 4);
  for (const auto& field : layers().at(name).fields) {
    if (!field.default_value.empty() || field.name == "dimensions") continue;
    sample.table.emplace_back(field.name, field.name == "activation" ? text("relu")
                                          : field.name == "rate"     ? Value{0.5}
                                                                     : integer(2));
  }
  return sample;
}

TEST(Layers, AreAllThere) {
  EXPECT_THAT(layers().names(),
              ElementsAre("Dense", "Conv1d", "Conv2d", "Conv3d", "MaxPool1d", "MaxPool2d",
                          "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "BatchNorm1d",
                          "BatchNorm2d", "BatchNorm3d", "LayerNorm", "Activation", "Dropout",
                          "GaussianNoise", "Flatten", "DenseBlock", "TransitionLayer"));
}

TEST(Layers, AreMadeByTheirNamesAndRun) {
  for (const auto& name : layers().names()) {
    const Sample sample = sample_of(name);
    const LayerPtr layer = layers().make(name, sample.table);
    EXPECT_EQ(layer->type(), name);
    const Shape& output = layer->prepare(context_for(sample.input));
    Shape batch{3};
    batch.insert(batch.end(), sample.input.begin(), sample.input.end());
    EXPECT_EQ((*layer)(randn(batch)).sizes().slice(1).vec(), output) << name;
  }
}

TEST(Layers, RefuseWhatTheyDoNotKnow) {
  for (const auto& name : layers().names()) {
    Table table = sample_of(name).table;
    table.emplace_back("colour", Value{std::string("red"), "a.toml:3:7"});
    EXPECT_THAT(message_of<ValueError>([&] { layers().make(name, table); }),
                StartsWith("a.toml:3:7: unknown key 'colour' of " + name));
  }
}

TEST(Layers, SayWhatIsMissing) {
  for (const auto& name : layers().names()) {
    Table table = sample_of(name).table;
    if (table.empty()) continue;
    const std::string missing = table.front().first;
    table.erase(table.begin());
    EXPECT_THAT(message_of<ValueError>([&] { layers().make(name, table); }),
                StartsWith(name + ": '" + missing + "' is required: "));
  }
  const Table placed = {{"activation", {std::string("relu"), "a.toml:12:22"}}};
  EXPECT_EQ(message_of<ValueError>([&] { layers().make("Dense", placed); }),
            "a.toml:12:22: Dense: 'units' is required: how many outputs");
}

TEST(Layers, TakeOptionsAsTheirStructsDo) {
  const Table table = {{"filters", integer(6)},
                       {"stride", {List{integer(2), integer(1)}}},
                       {"kernel_size", {List{integer(3), integer(2)}}},
                       {"padding", text("same")},
                       {"use_bias", {false}},
                       {"activation", text("relu")}};
  const LayerPtr made = layers().make("Conv2d", table);
  made->prepare(context_for({4, 9, 8}));
  const auto same =
      built(Conv2d(6, {3, 2},
                   {.stride = {2, 1}, .padding = "same", .activation = "relu", .use_bias = false}),
            {4, 9, 8});
  const Tensor x = randn({2, 4, 9, 8});
  EXPECT_TRUE(at::equal((*made)(x), (*same)(x)));
}

TEST(Layers, SayWhereAnErrorIs) {
  const auto message = [](const std::string& name, const Table& table) {
    return message_of<ValueError>([&] { layers().make(name, table); });
  };
  EXPECT_EQ(message("Dense", {{"units", {int64_t{0}, "a.toml:3:7"}}}),
            "a.toml:3:7: Dense: units must be at least 1, got 0");
  EXPECT_EQ(message("Dense", {{"units", {2.5, "a.toml:3:7"}}}),
            "a.toml:3:7: 'units': expected an integer, got a number 2.5");
  EXPECT_THAT(message("Dense", {{"units", integer(3)}, {"activation", text("rleu")}}),
              StartsWith("unknown activation 'rleu'; did you mean 'relu'?"));
  EXPECT_THAT(message("Dense", {{"units", integer(3)}, {"kernel_initializer", text("hee_normal")}}),
              HasSubstr("did you mean 'he_normal'?"));
  EXPECT_THAT(message("Dense", {{"unit", {int64_t{3}, "a.toml:3:7"}}}),
              StartsWith("a.toml:3:7: unknown key 'unit' of Dense; did you mean 'units'?"));
  EXPECT_EQ(message("Dense", {{"units", integer(3)}, {"units", integer(4)}}),
            "'units' is given twice");
  EXPECT_EQ(message("Flatten", {{"axis", integer(1)}}),
            "unknown key 'axis' of Flatten; it takes none");
  EXPECT_THAT(message("Desne", {}), StartsWith("unknown layer 'Desne'; did you mean 'Dense'?"));
}

TEST(Layers, DescribeTheirFields) {
  const auto& fields = layers().at("Conv2d").fields;
  std::vector<std::string> names, defaults;
  for (const auto& field : fields) {
    names.push_back(field.name);
    defaults.push_back(field.default_value);
    EXPECT_FALSE(field.doc.empty()) << field.name;
  }
  EXPECT_THAT(names,
              ElementsAre("filters", "kernel_size", "stride", "padding", "dilation", "groups",
                          "activation", "use_bias", "kernel_initializer", "bias_initializer"));
  EXPECT_THAT(defaults, ElementsAre("", "", "1", "0", "1", "1", "\"linear\"", "true", "\"default\"",
                                    "\"default\""));
}

class Shift : public Layer {
 public:
  explicit Shift(double by) : by_(by) {}
  static constexpr auto arguments() { return std::tuple{Argument<double>{"by", "how far"}}; }

 protected:
  Shape build(const BuildContext& context) override { return context.input; }
  Tensor forward(const Tensor& x) override { return x + by_; }

 private:
  double by_;
};

TEST(Layers, TakeAUsersOwn) {
  const auto entry = layer_entry<Shift>("Shift", "adds a number");
  const LayerPtr layer = entry.make({{"by", {2.0}}});
  layer->prepare(context_for({3}));
  EXPECT_TRUE(at::equal((*layer)(at::zeros({2, 3})), at::full({2, 3}, 2.0)));
  EXPECT_EQ(entry.fields[0].name, "by");
  EXPECT_THROW(entry.make({}), ValueError);
}

}  // namespace
}  // namespace glow
