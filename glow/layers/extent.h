// Sizes along the dimensions of an image, given once for all or once for each.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "glow/core/fields.h"

namespace glow {

/// `3` or `{3, 5}`; in TOML `3` or `[3, 5]`.
class Extent {
 public:
  Extent() = default;
  template <std::integral I>
  Extent(I size) : sizes_{static_cast<int64_t>(size)} {}            // NOLINT
  Extent(std::initializer_list<int64_t> sizes) : sizes_(sizes) {}   // NOLINT
  Extent(std::vector<int64_t> sizes) : sizes_(std::move(sizes)) {}  // NOLINT

  const std::vector<int64_t>& sizes() const { return sizes_; }

  /// One size for each of `dimensions`. Throws ValueError, beginning with `what`, on another number
  /// of sizes and on one below `minimum`.
  std::vector<int64_t> each(size_t dimensions, int64_t minimum, const std::string& what) const;

 private:
  std::vector<int64_t> sizes_;
};

/// Zeros put around an image: sizes, or a word of Keras: "valid" (none), "same" (as many as give
/// ⌈size/stride⌉, an odd one at the end).
class Padding {
 public:
  Padding() = default;
  template <std::integral I>
  Padding(I size) : extent_(size) {}                                 // NOLINT
  Padding(std::initializer_list<int64_t> sizes) : extent_(sizes) {}  // NOLINT
  Padding(Extent extent) : extent_(std::move(extent)) {}             // NOLINT
  Padding(const char* word) : Padding(std::string(word)) {}          // NOLINT
  Padding(const std::string& word);                                  // NOLINT

  bool same() const { return same_; }
  /// The sizes given; meaningless where `same`.
  const Extent& extent() const { return extent_; }

 private:
  Extent extent_ = 0;
  bool same_ = false;
};

void read_value(const Value& in, Extent& out);
void read_value(const Value& in, Padding& out);
Value write_value(const Extent& in);
Value write_value(const Padding& in);

}  // namespace glow
