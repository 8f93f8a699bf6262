// Rows as discrete symbols: equal rows are one symbol.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace glow {

using at::Tensor;

struct Symbols {
  std::vector<int32_t> of_row;  // the number of each row's symbol, numbered as they come
  std::vector<int64_t> counts;  // how many rows each symbol has

  int64_t rows() const { return static_cast<int64_t>(of_row.size()); }
  int64_t kinds() const { return static_cast<int64_t>(counts.size()); }
};

/// A 64-bit key of a row of `columns` codes: two independent multilinear hashes (Σ code_j a_j with
/// random 32-bit a_j), mixed. Two different rows get the same key with a probability of about
/// 2^-63, whatever they are: among 10⁵ rows a confusion has a chance of 10^-9. Always the same key
/// for the same row.
class RowHash {
 public:
  explicit RowHash(int64_t columns);

  /// keys[i] of `rows` rows of codes that lie one behind the other.
  void operator()(const uint32_t* codes, int64_t rows, uint64_t* keys) const;

 private:
  std::vector<uint32_t> first_, second_;  // a_j of the two hashes
};

/// Numbers equal keys. O(n).
Symbols number_symbols(const std::vector<uint64_t>& keys);

/// The rows of values (n, d) themselves, compared exactly (0 equals -0). Throws ValueError on NaN
/// or infinity; `name` is what the message calls it.
Symbols value_symbols(const Tensor& values, const std::string& name);

/// Class numbers: contiguous int64 (n) in [0, classes).
Symbols class_symbols(const Tensor& labels, int64_t classes);

/// The pairs of what two variables are at each row.
Symbols joint_symbols(const Symbols& a, const Symbols& b);

}  // namespace glow
