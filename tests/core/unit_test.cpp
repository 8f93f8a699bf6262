#include "glow/core/unit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "glow/core/device.h"
#include "glow/core/error.h"
#include "glow/core/stop.h"

namespace glow {
namespace {

TEST(Unit, ConversionIsExactBothWays) {
  EXPECT_DOUBLE_EQ(unit_factor(Unit::nats, Unit::bits) * std::log(2.0), 1);
  EXPECT_DOUBLE_EQ(unit_factor(Unit::bits, Unit::nats), std::log(2.0));
  EXPECT_EQ(unit_factor(Unit::none, Unit::bits), 1);
}

TEST(Unit, UnknownWordsAreRefused) {
  EXPECT_EQ(parse_unit("bits"), Unit::bits);
  EXPECT_THROW(parse_unit("none"), ValueError);
  EXPECT_THROW(parse_unit("Bits"), ValueError);
}

TEST(Device, WordsAreStrict) {
  EXPECT_TRUE(parse_device("cpu").is_cpu());
  EXPECT_THROW(parse_device("gpu"), ValueError);
}

TEST(Stop, IsRaisedAndCleared) {
  EXPECT_NO_THROW(check_stop());
  request_stop(2);
  EXPECT_TRUE(stop_requested());
  EXPECT_EQ(stop_signal(), 2);
  EXPECT_THROW(check_stop(), Interrupted);
  clear_stop();
  EXPECT_FALSE(stop_requested());
}

}  // namespace
}  // namespace glow
