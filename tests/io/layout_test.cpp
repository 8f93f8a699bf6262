#include "glow/io/layout.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

namespace glow {
namespace {

using Shape = std::vector<int64_t>;

TEST(Layout, MultipliesWithCare) {
  EXPECT_EQ(io::checked_bytes(Shape{}, 8), 8);
  EXPECT_EQ(io::checked_bytes(Shape{2, 3}, 4), 24);
  EXPECT_EQ(io::checked_bytes(Shape{2, 0}, 4), 0);
  EXPECT_EQ(io::checked_bytes(Shape{INT64_MAX}, 1), INT64_MAX);
  EXPECT_EQ(io::checked_bytes(Shape{INT64_MAX}, 2), std::nullopt);
  EXPECT_EQ(io::checked_bytes(Shape{1LL << 32, 1LL << 32}, 1), std::nullopt);
  EXPECT_EQ(io::checked_bytes(Shape{-1}, 1), std::nullopt);
}

TEST(Layout, WritesShapes) {
  EXPECT_EQ(io::shape_text(Shape{60000, 28, 28}), "60000 × 28 × 28");
  EXPECT_EQ(io::shape_text(Shape{}), "1");
}

TEST(Layout, SwapsBytes) {
  std::array<uint32_t, 2> items = {0x01020304, 0xa0b0c0d0};
  io::swap_bytes(items.data(), 2, 4);
  EXPECT_EQ(items[0], 0x04030201u);
  EXPECT_EQ(items[1], 0xd0c0b0a0u);
  io::swap_bytes(items.data(), 8, 1);
  EXPECT_EQ(items[0], 0x04030201u);
}

}  // namespace
}  // namespace glow
