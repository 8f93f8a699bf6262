#include "glow/layers/flatten.h"

#include <gtest/gtest.h>

#include "tests/layers/built.h"

namespace glow {
namespace {

TEST(Flatten, MakesRows) {
  const auto layer = built(Flatten(), {3, 4, 5});
  EXPECT_EQ(layer->output_shape(), Shape{60});
  const Tensor x = randn({2, 3, 4, 5});
  EXPECT_TRUE(at::equal((*layer)(x), x.reshape({2, 60})));
  EXPECT_FALSE(layer->has_parameters());
}

TEST(Flatten, LeavesRowsAsTheyAre) {
  const auto layer = built(Flatten(), {7});
  EXPECT_EQ(layer->output_shape(), Shape{7});
  const Tensor x = randn({2, 7});
  EXPECT_TRUE(at::equal((*layer)(x), x));
}

}  // namespace
}  // namespace glow
