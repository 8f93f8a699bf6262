#include "glow/core/fields.h"

#include <gmock/gmock.h>

#include "glow/core/spec.h"

namespace glow {
namespace {

struct Options {
  std::string kernel = "gaussian";
  double sigma = 5;
  std::optional<int64_t> bins = {};
  bool unbiased = false;
  std::vector<std::string> tags = {};
  static constexpr auto fields() {
    using O = Options;
    return std::tuple{Field{"kernel", &O::kernel, "which", true},
                      Field{"sigma", &O::sigma, "width", true}, Field{"bins", &O::bins, "cells"},
                      Field{"unbiased", &O::unbiased, "U-statistic"},
                      Field{"tags", &O::tags, "words"}};
  }
};

std::string message(const Table& table) {
  try {
    Options options;
    fill(options, table, "hsic");
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(Fields, FillSetsWhatIsNamed) {
  Options options;
  fill(options, {{"sigma", {int64_t{2}}}, {"bins", {int64_t{30}}}, {"tags", {List{{"a"}, {"b"}}}}});
  EXPECT_EQ(options.sigma, 2);
  EXPECT_EQ(options.bins, 30);
  EXPECT_THAT(options.tags, testing::ElementsAre("a", "b"));
  EXPECT_EQ(options.kernel, "gaussian");
}

TEST(Fields, MistakesNameThePlaceAndTheNearestKey) {
  EXPECT_EQ(message({{"sgima", {2.0, "e.toml:3:7"}}}),
            "e.toml:3:7: unknown key 'sgima' of hsic; did you mean 'sigma'?; known: kernel, sigma, "
            "bins, unbiased, tags");
  EXPECT_EQ(message({{"unbiased", {int64_t{1}, "e.toml:4:1"}}}),
            "e.toml:4:1: 'unbiased': expected true or false, got an integer 1");
  EXPECT_EQ(message({{"bins", {2.5, "f:1:1"}}}),
            "f:1:1: 'bins': expected an integer, got a number 2.5");
  EXPECT_EQ(message({{"sigma", {1.0}}, {"sigma", {2.0}}}), "'sigma' is given twice");
}

TEST(Fields, SpecTextShowsWhatDiffersOrWhatMatters) {
  EXPECT_EQ(spec_text("hsic", Options{}), "hsic(kernel=gaussian, sigma=5)");
  EXPECT_EQ(spec_text("hsic", Options{.sigma = 0.5, .bins = 3}), "hsic(sigma=0.5, bins=3)");
}

TEST(Fields, ATableReadsBackAsTheSameOptions) {
  const Options options{
      .kernel = "a \"b\"", .sigma = 0.25, .bins = 7, .unbiased = true, .tags = {"t"}};
  Options back;
  fill(back, to_table(options));
  EXPECT_EQ(to_toml(Value{to_table(back)}), to_toml(Value{to_table(options)}));
}

TEST(Fields, DescriptionsHaveTheDefaults) {
  const auto fields = describe<Options>();
  ASSERT_EQ(fields.size(), 5U);
  EXPECT_EQ(fields[1].name, "sigma");
  EXPECT_EQ(fields[1].default_value, "5.0");
  EXPECT_EQ(fields[2].default_value, "");
}

TEST(Spec, ParsesNamesKeysAndValues) {
  const Spec spec =
      parse_spec(" binned( range=[-1, 1] , bins=30, width=0.07,rule=\"a,b\", on=true) ");
  EXPECT_EQ(spec.name, "binned");
  ASSERT_EQ(spec.options.size(), 5U);
  EXPECT_EQ(to_toml(spec.options[0].second), "[-1, 1]");
  EXPECT_EQ(to_toml(spec.options[1].second), "30");
  EXPECT_EQ(to_toml(spec.options[2].second), "0.07");
  EXPECT_EQ(to_toml(spec.options[3].second), "\"a,b\"");
  EXPECT_EQ(to_toml(spec.options[4].second), "true");
  EXPECT_TRUE(parse_spec("hsic").options.empty());
  EXPECT_TRUE(parse_spec("hsic()").options.empty());
}

TEST(Spec, RefusesEverythingElse) {
  for (const char* bad :
       {"", "(", "hsic(", "hsic)", "hsic(sigma)", "hsic(sigma=)", "hsic(=5)", "hsic(a=1 b=2)",
        "hsic(a=[1,2)", "hsic(a=\"x)", "hsic(a=1) more", "hsic(a=[[[[[[1]]]]]])"}) {
    EXPECT_THROW(parse_spec(bad), ValueError) << bad;
  }
}

}  // namespace
}  // namespace glow
