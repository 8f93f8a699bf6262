#include "glow/io/layout.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

namespace glow::io {

static_assert(std::endian::native == std::endian::little,
              "the readers and writers of this folder take memory to be little-endian");

std::optional<int64_t> checked_bytes(std::span<const int64_t> shape, int64_t itemsize) {
  int64_t bytes = itemsize;
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  }
  return bytes;
}

std::string shape_text(std::span<const int64_t> shape) {
  return shape.empty() ? "1" : fmt::format("{}", fmt::join(shape, " × "));
}

void swap_bytes(void* items, int64_t count, int64_t itemsize) {
  if (itemsize == 1) return;
  auto* byte = static_cast<unsigned char*>(items);
  for (int64_t i = 0; i < count; ++i) std::reverse(byte + i * itemsize, byte + (i + 1) * itemsize);
}

}  // namespace glow::io
