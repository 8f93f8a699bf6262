#include "glow/core/text.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace glow {
namespace {

using testing::ElementsAre;

TEST(Text, NearestIsTheSmallestEditDistance) {
  EXPECT_EQ(nearest("sgima", {"kernel", "sigma", "unbiased"}), "sigma");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest("KSG", {"kl", "ksg"}), "ksg");  // a letter of another case is the same
}

TEST(Text, DidYouMeanOnlyForSlips) {
  EXPECT_EQ(did_you_mean("epoch", {"epochs", "seed"}), "; did you mean 'epochs'?");
  EXPECT_EQ(did_you_mean("banana", {"epochs", "seed"}), "");
}

TEST(Text, NumbersAreShortestAndReadBack) {
  EXPECT_EQ(number_text(5), "5");
  EXPECT_EQ(number_text(4096), "4096");
  EXPECT_EQ(number_text(0.07), "0.07");
  EXPECT_EQ(number_text(-1e-10), "-1e-10");
  for (const double v : {0.1, 1.0 / 3, 1e300, 5e-324, -123456.789}) {
    double back = 0;
    ASSERT_TRUE(parse_number(number_text(v), back));
    EXPECT_EQ(back, v);
  }
}

TEST(Text, ParseNumberTakesWholeTextOnly) {
  double number = 0;
  int64_t integer = 0;
  EXPECT_TRUE(parse_number("1e-3", number));
  EXPECT_TRUE(parse_number("+7", integer));
  for (const char* bad : {"", "1,5", "1 ", " 1", "0x10", "1e", "five"}) {
    EXPECT_FALSE(parse_number(bad, number)) << bad;
  }
  EXPECT_FALSE(parse_number("1.0", integer));
  EXPECT_FALSE(parse_number("9223372036854775808", integer));
}

TEST(Text, Globs) {
  EXPECT_TRUE(matches_glob("dense_*", "dense_12"));
  EXPECT_TRUE(matches_glob("*conv?d_1", "conv2d_1"));
  EXPECT_FALSE(matches_glob("dense_?", "dense_12"));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Text, SplitJoinThousands) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_EQ(join({"a", "b"}, "; "), "a; b");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(with_thousands(-1000), "-1,000");
  EXPECT_EQ(with_thousands(999), "999");
}

}  // namespace
}  // namespace glow
