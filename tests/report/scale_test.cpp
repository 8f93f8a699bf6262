#include "glow/report/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace glow::report {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::Le;

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> out;
  for (const auto& tick : ticks) {
    if (!tick.label.empty()) out.push_back(tick.label);
  }
  return out;
}

TEST(PrettyNumber, HasAsManyDigitsAsAsked) {
  EXPECT_EQ(pretty_number(4.267), "4.27");
  EXPECT_EQ(pretty_number(0.00213), "0.00213");
  EXPECT_EQ(pretty_number(0.0008, 1), "0.0008");
  EXPECT_EQ(pretty_number(-0.25, 2), "−0.25");
  EXPECT_EQ(pretty_number(12345.6), "12346");
  EXPECT_EQ(pretty_number(0), "0");
  EXPECT_EQ(pretty_number(2.04e-6, 2), "2.0×10⁻⁶");
  EXPECT_EQ(pretty_number(std::numeric_limits<double>::quiet_NaN()), "–");
  EXPECT_EQ(pretty_number(-std::numeric_limits<double>::infinity()), "−∞");
}

TEST(PrettyNumber, FollowsItsError) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(pretty_number_with_error(4.267, 0.36), "4.3 ± 0.4");
  EXPECT_EQ(pretty_number_with_error(4.267, 0.14), "4.27 ± 0.14");
  EXPECT_EQ(pretty_number_with_error(-4.2, 3), "−4 ± 3");
  EXPECT_EQ(pretty_number_with_error(0.999123, 3e-9), "0.9991 ± 0.0000");
  EXPECT_EQ(pretty_number_with_error(2.34e-5, 1.2e-6), "(2.34 ± 0.12)×10⁻⁵");
  EXPECT_EQ(pretty_number_with_error(4.267, unknown), "4.27");
  EXPECT_EQ(pretty_number_with_error(4.267, 0), "4.27");
  EXPECT_EQ(pretty_number_with_error(unknown, 0.1), "–");
}

TEST(LinearScale, HoldsItsRangeAndALittleMore) {
  const Scale scale = Scale::linear(0, 10);
  EXPECT_GT(scale.at(0), 0);
  EXPECT_LT(scale.at(10), 1);
  EXPECT_DOUBLE_EQ(scale.at(5), 0.5);
  EXPECT_THAT(labels(scale.ticks(6)), ElementsAre("0", "2", "4", "6", "8", "10"));
}

TEST(LinearScale, ConstantDataStandInTheMiddle) {
  for (const double value : {0.0, 3.0, -2e-7, 5e8}) {
    const Scale scale = Scale::linear(value, value);
    EXPECT_DOUBLE_EQ(scale.at(value), 0.5) << value;
    EXPECT_GE(labels(scale.ticks(5)).size(), 2u) << value;
  }
}

TEST(LinearScale, TicksAreInsideAndDistinct) {
  for (const auto& [low, high] :
       {std::pair{0.0131, 0.0158}, {-3e-6, 2e-6}, {0.0, 1e9}, {99.999, 100.001}, {-0.5, 0.1}}) {
    for (const int count : {2, 4, 8}) {
      const auto ticks = Scale::linear(low, high).ticks(count);
      EXPECT_LE(ticks.size(), static_cast<size_t>(count) + 2);
      EXPECT_THAT(ticks, Each(Field(&Tick::position, AllOf(Ge(-1e-6), Le(1 + 1e-6)))));
      const auto words = labels(ticks);
      EXPECT_EQ(std::set(words.begin(), words.end()).size(), words.size())
          << low << " to " << high << " in " << count;
    }
  }
  EXPECT_THAT(labels(Scale::linear(-3e-6, 3e-6).ticks(3)), ElementsAre("−2×10⁻⁶", "0", "2×10⁻⁶"));
}

TEST(EpochScale, IsLinearForFewEpochs) {
  const Scale scale = Scale::epochs(0.001, 4.9987, true);
  EXPECT_FALSE(scale.logarithmic());
  EXPECT_FALSE(Scale::epochs(1, 99, true).logarithmic());
  EXPECT_EQ(scale.high(), 5);  // the last batch is a little before the end of its epoch
  EXPECT_THAT(labels(scale.ticks(6)), ElementsAre("0", "1", "2", "3", "4", "5"));
}

TEST(EpochScale, IsLogarithmicForMany) {
  const Scale scale = Scale::epochs(1, 8000, true);
  EXPECT_TRUE(scale.logarithmic());
  EXPECT_EQ(scale.at(0), 0);
  EXPECT_EQ(scale.shown(0), scale.low());
  EXPECT_EQ(scale.shown(3), 3);
  EXPECT_NEAR(scale.at(8000), 1, 1e-12);
  EXPECT_NEAR(scale.at(100) - scale.at(10), scale.at(1000) - scale.at(100), 1e-12);
  EXPECT_THAT(labels(scale.ticks(6)), ElementsAre("0", "10⁰", "10¹", "10²", "10³"));
  EXPECT_THAT(labels(scale.ticks(2)), ElementsAre("0", "10⁰", "10²"));
}

TEST(EpochScale, HasWordsWithinADecade) {
  EXPECT_THAT(labels(Scale::epochs(30, 600, false).ticks(6)),
              ElementsAre("50", "100", "200", "500"));
}

TEST(EpochScale, OfASingleSnapshotIsSane) {
  for (const Scale& scale : {Scale::epochs(0, 0, true), Scale::epochs(500, 500, false)}) {
    EXPECT_GE(scale.at(scale.high()), 0);
    EXPECT_LT(scale.low(), scale.high());
    EXPECT_LT(scale.ticks(5).size(), 20u);
  }
  const Scale one = Scale::epochs(1, 1, false);
  EXPECT_EQ(one.low(), 0);
  EXPECT_EQ(one.at(1), 1);
  EXPECT_FALSE(Scale::epochs(500, 500, false).logarithmic());
}

}  // namespace
}  // namespace glow::report
