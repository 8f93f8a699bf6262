#include "glow/report/palette.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

namespace glow::report {
namespace {

// Every twentieth part of viridis; between them it is straight to within 1.5 %.
constexpr std::array<uint32_t, 21> kViridis = {
    0x440154, 0x471365, 0x482475, 0x463480, 0x414487, 0x3b528b, 0x355f8d,
    0x2f6c8e, 0x2a788e, 0x25848e, 0x21918c, 0x1e9c89, 0x22a884, 0x2fb47c,
    0x44bf70, 0x5ec962, 0x7ad151, 0x9bd93c, 0xbddf26, 0xdfe318, 0xfde725};

// Sand, green, blue, violet, wine and ink: CIE lightness from 70 down to 14; on a dark page up
// to 95.
constexpr std::array<uint32_t, 6> kLayers = {0xcba54a, 0x64a36c, 0x3f80b4,
                                             0x755aa3, 0x97314a, 0x222226};
constexpr std::array<uint32_t, 6> kLayersOnDark = {0x9a7b33, 0x5f9e69, 0x62a3d6,
                                                   0xb39ddd, 0xf0a9b6, 0xf2f2f4};

Colour between(std::span<const uint32_t> stops, double t) {
  const double position = std::clamp(t, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const size_t below = std::min(static_cast<size_t>(position), stops.size() - 2);
  const double share = position - static_cast<double>(below);
  const auto part = [&](int shift) {
    const auto channel = [&](uint32_t stop) { return static_cast<double>((stop >> shift) & 255); };
    return std::lerp(channel(stops[below]), channel(stops[below + 1]), share) / 255;
  };
  return {part(16), part(8), part(0)};
}

}  // namespace

Colour viridis(double t) { return between(kViridis, t); }

std::vector<Colour> layer_colours(size_t count, bool dark_page) {
  const std::span<const uint32_t> stops = dark_page ? kLayersOnDark : kLayers;
  std::vector<Colour> out;
  for (size_t i = 0; i < count; ++i) {
    // The output, last, is ink; a network of one layer has only that.
    const double t = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 1;
    out.push_back(between(stops, t));
  }
  return out;
}

Colour as_text(const Colour& colour) {
  return {0.75 * colour.red, 0.75 * colour.green, 0.75 * colour.blue};
}

std::string hex(const Colour& colour) {
  const auto byte = [](double part) { return static_cast<int>(std::lround(part * 255)); };
  return fmt::format("#{:02x}{:02x}{:02x}", byte(colour.red), byte(colour.green),
                     byte(colour.blue));
}

}  // namespace glow::report
