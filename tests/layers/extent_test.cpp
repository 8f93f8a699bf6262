#include "glow/layers/extent.h"

#include <gmock/gmock.h>

#include "glow/core/error.h"
#include "tests/layers/built.h"

namespace glow {
namespace {

using testing::ElementsAre;

struct Sizes {
  Extent stride = 1;
  Padding padding = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"stride", &Sizes::stride, ""}, Field{"padding", &Sizes::padding, ""}};
  }
};

TEST(Extent, OneNumberIsForAllDimensions) {
  EXPECT_THAT(Extent(3).each(2, 1, "stride"), ElementsAre(3, 3));
  EXPECT_THAT(Extent(size_t{3}).each(1, 1, "stride"), ElementsAre(3));
  EXPECT_THAT(Extent({3, 5}).each(2, 1, "stride"), ElementsAre(3, 5));
}

TEST(Extent, RefusesOtherCountsAndSmallSizes) {
  EXPECT_EQ(message_of<ValueError>([] {
              Extent({3, 5}).each(3, 1, "stride");
            }),
            "stride takes one number or 3, got [3, 5]");
  EXPECT_EQ(message_of<ValueError>([] {
              Extent({3, 0}).each(2, 1, "stride");
            }),
            "stride must be at least 1, got 0");
  EXPECT_EQ(message_of<ValueError>([] { Extent({}).each(2, 1, "stride"); }),
            "stride takes one number or 2, got []");
}

TEST(Padding, IsNumbersOrAWord) {
  EXPECT_TRUE(Padding("same").same());
  EXPECT_FALSE(Padding(2).same());
  EXPECT_THAT(Padding("valid").extent().each(2, 0, ""), ElementsAre(0, 0));
  EXPECT_THAT(Padding({1, 2}).extent().each(2, 0, ""), ElementsAre(1, 2));
  EXPECT_THAT(message_of<ValueError>([] { Padding("some"); }),
              testing::HasSubstr("did you mean 'same'?"));
}

TEST(Extent, IsFilledFromTables) {
  Sizes sizes;
  fill(sizes, {{"stride", {List{{int64_t{2}}, {int64_t{4}}}}}, {"padding", {std::string("same")}}});
  EXPECT_THAT(sizes.stride.sizes(), ElementsAre(2, 4));
  EXPECT_TRUE(sizes.padding.same());
  EXPECT_EQ(to_toml({to_table(sizes)}), R"({ stride = [2, 4], padding = "same" })");
  fill(sizes, {{"stride", {int64_t{7}}}, {"padding", {int64_t{1}}}});
  EXPECT_EQ(to_toml({to_table(sizes)}), "{ stride = 7, padding = 1 }");
  EXPECT_EQ(to_toml({to_table(Sizes{.stride = 2, .padding = {1, 2}})}),
            "{ stride = 2, padding = [1, 2] }");
}

TEST(Extent, RefusesOtherTypes) {
  Sizes sizes;
  EXPECT_EQ(message_of<ValueError>([&] {
              fill(sizes, {{"stride", {2.5, "a.toml:3:7"}}});
            }),
            "a.toml:3:7: 'stride': expected an integer or a list of integers, got a number 2.5");
  EXPECT_THROW(fill(sizes, {{"stride", {List{{2.5}}}}}), ValueError);
  EXPECT_THROW(fill(sizes, {{"padding", {true}}}), ValueError);
}

}  // namespace
}  // namespace glow
