#include "glow/report/palette.h"

#include <gtest/gtest.h>

#include <cmath>

namespace glow::report {
namespace {

/// CIE lightness of an sRGB colour, what a grey print keeps of it.
double lightness(const Colour& colour) {
  const auto linear = [](double part) {
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  const double y =
      0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

TEST(Palette, ViridisRunsFromDarkToLight) {
  EXPECT_EQ(hex(viridis(0)), "#440154");
  EXPECT_EQ(hex(viridis(0.5)), "#21918c");
  EXPECT_EQ(hex(viridis(1)), "#fde725");
  EXPECT_EQ(hex(viridis(-1)), hex(viridis(0)));
  for (double t = 0.02; t <= 1; t += 0.02) {
    EXPECT_GT(lightness(viridis(t)), lightness(viridis(t - 0.02))) << t;
  }
}

TEST(Palette, LayersAreToldApartInGrey) {
  for (const size_t count : {2u, 6u, 20u}) {
    const auto light = layer_colours(count), dark = layer_colours(count, true);
    ASSERT_EQ(light.size(), count);
    for (size_t i = 1; i < count; ++i) {
      EXPECT_LT(lightness(light[i]), lightness(light[i - 1])) << count << " layers, " << i;
      EXPECT_GT(lightness(dark[i]), lightness(dark[i - 1])) << count << " layers, " << i;
    }
    EXPECT_LT(lightness(light[0]), 75);  // seen on white
    EXPECT_GT(lightness(dark[0]), 45);   // seen on nearly black
  }
  EXPECT_EQ(layer_colours(1).size(), 1u);
  EXPECT_TRUE(layer_colours(0).empty());
}

}  // namespace
}  // namespace glow::report
