// Sizes that come out of files: multiplied with care.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace glow::io {

/// The bytes of an array of that shape; none when a size is negative or the product does not fit.
std::optional<int64_t> checked_bytes(std::span<const int64_t> shape, int64_t itemsize);

/// "60000 × 28 × 28"; "1" for a 0-d array.
std::string shape_text(std::span<const int64_t> shape);

/// Swaps the bytes of each of `count` items: big-endian files.
void swap_bytes(void* items, int64_t count, int64_t itemsize);

}  // namespace glow::io
