#include "glow/datasets/splits.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <set>

#include "glow/core/error.h"
#include "glow/core/value.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

Dataset some(int64_t n) {
  Dataset data;
  data.name = "numbers";
  data.x = at::arange(n, at::kFloat).view({n, 1});
  data.y = at::arange(n, at::kLong) % 2;
  data.classes = 2;
  return data;
}

TEST(Splits, SharesTheTrainingExamples) {
  auto [train, validation, test] =
      make_loaders(some(100), some(10), {.batch_size = 8, .validation_split = 0.2});
  EXPECT_EQ(train.size(), 80);
  EXPECT_EQ(validation.size(), 20);
  EXPECT_EQ(test.size(), 10);
  std::set<int64_t> all(train.indices().begin(), train.indices().end());
  all.insert(validation.indices().begin(), validation.indices().end());
  EXPECT_EQ(all.size(), 100) << "no example in both";
  EXPECT_EQ(&train.dataset(), &validation.dataset()) << "one storage";
  EXPECT_TRUE(std::is_sorted(validation.indices().begin(), validation.indices().end()));
  EXPECT_GT(validation.indices().back(), 50) << "a random share";
  EXPECT_TRUE(train.options().shuffle);
  EXPECT_FALSE(validation.options().shuffle || test.options().shuffle);
  EXPECT_EQ(validation.options().batch_size, 8);
}

TEST(Splits, AreAFunctionOfTheSeed) {
  const auto validation = [](int64_t seed) {
    return make_loaders(some(100), {}, {.validation_split = 0.3, .seed = seed})
        .validation.indices();
  };
  EXPECT_EQ(validation(1), validation(1));
  EXPECT_NE(validation(1), validation(2));
}

TEST(Splits, RoundTheShare) {
  const auto size = [](double share) {
    return make_loaders(some(100), {}, {.validation_split = share}).validation.size();
  };
  EXPECT_EQ(size(0.29), 29) << "0.29 · 100 is a little less than 29";
  EXPECT_EQ(size(0.01), 1);
  EXPECT_EQ(size(0.99), 99);
}

TEST(Splits, WithoutValidationOrTest) {
  auto [train, validation, test] = make_loaders(DataPair{some(10), {}});
  EXPECT_EQ(train.size(), 10);
  EXPECT_TRUE(validation.empty());
  EXPECT_TRUE(test.empty());
}

TEST(Splits, LimitBeforeSplitting) {
  const LoadOptions options{.validation_split = 0.25, .limit = 40};
  auto [train, validation, test] = make_loaders(some(100), some(100), options);
  EXPECT_EQ(train.size(), 30);
  EXPECT_EQ(validation.size(), 10);
  EXPECT_EQ(test.size(), 100);
  EXPECT_LT(train.indices().back(), 40);
  EXPECT_EQ(make_loaders(some(10), {}, {.limit = 40}).train.size(), 10);
}

TEST(Splits, TrainingOptionsAreOfTrainingAlone) {
  auto [train, validation, test] =
      make_loaders(some(100), some(9),
                   {.batch_size = 8, .validation_split = 0.1, .shuffle = false, .drop_last = true});
  EXPECT_FALSE(train.options().shuffle);
  EXPECT_EQ(train.batches(), 11);
  EXPECT_EQ(validation.batches(), 2);
  EXPECT_EQ(test.batches(), 2);
}

TEST(Splits, RefuseWhatHasNoMeaning) {
  const auto problem = [](const LoadOptions& options) {
    return message_of<ValueError>([&] { make_loaders(some(100), {}, options); });
  };
  for (const double share : {-0.1, 1.0, 1.5, std::nan("")}) {
    EXPECT_THAT(problem({.validation_split = share}), HasSubstr("at least 0 and below 1"));
  }
  EXPECT_EQ(problem({.validation_split = 0.001}),
            "validation_split = 0.001 of 100 examples leaves none to validate");
  EXPECT_EQ(problem({.validation_split = 0.999}),
            "validation_split = 0.999 of 100 examples leaves none to train");
  EXPECT_EQ(problem({.batch_size = 0}), "batch_size must be at least 1, got 0");
  EXPECT_EQ(problem({.limit = 0}), "limit must be at least 1, got 0");
  EXPECT_EQ(problem({.num_workers = -1}), "num_workers must be at least 0, got -1");
}

TEST(Splits, RefuseATestSetOfAnotherKind) {
  Dataset wide = some(5);
  wide.x = at::zeros({5, 2});
  EXPECT_THAT(message_of<DataError>([&] { make_loaders(some(10), wide); }),
              HasSubstr("differs in kind"));
  Dataset more = some(5);
  more.classes = 3;
  EXPECT_THROW(make_loaders(some(10), more), DataError);
  Dataset broken = some(5);
  broken.y[2] = 7;
  EXPECT_THROW(make_loaders(some(10), broken), DataError);
  EXPECT_THROW(make_loaders(broken, {}), DataError);
}

TEST(Splits, OptionsReadFromATable) {
  LoadOptions options;
  fill(options, {{"batch_size", {int64_t{64}}},
                 {"validation_split", {0.2}},
                 {"limit", {int64_t{100}}},
                 {"range", {List{{int64_t{0}}, {1.0}}}}});
  EXPECT_EQ(options.batch_size, 64);
  EXPECT_EQ(options.limit, 100);
  EXPECT_EQ(options.range, (PixelRange{0, 1}));
  EXPECT_EQ(to_toml(write_value(options.range)), "[0.0, 1.0]");
  EXPECT_THAT(message_of<ValueError>([&] {
                fill(options, {{"range", {List{{0.5}}}}});
              }),
              HasSubstr("expected [low, high]"));
}

TEST(Splits, RangeScalesBytes) {
  Dataset data;
  set_range(data, {-1, 1});
  EXPECT_EQ(data.scale, 2. / 255);
  EXPECT_EQ(data.shift, -1);
  EXPECT_THROW(set_range(data, {1, 1}), ValueError);
  EXPECT_THROW(set_range(data, {0, INFINITY}), ValueError);
  refuse_range({}, "szt");
  EXPECT_THAT(message_of<ValueError>([] {
                refuse_range({.range = {0, 1}}, "szt");
              }),
              HasSubstr("range is for images, szt has none"));
}

}  // namespace
}  // namespace glow
