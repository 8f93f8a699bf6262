#include "glow/information/symbols.h"

#include <bit>
#include <cmath>

#include "glow/core/vectorized.h"
#include "glow/information/checks.h"

namespace glow {
namespace {

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

GLOW_INLINE void multilinear(const uint32_t* codes, const uint32_t* a, const uint32_t* b, size_t n,
                             uint64_t& first, uint64_t& second) {
  uint64_t sum_a = 0, sum_b = 0;
  for (size_t j = 0; j < n; ++j) {
    sum_a += static_cast<uint64_t>(codes[j]) * a[j];
    sum_b += static_cast<uint64_t>(codes[j]) * b[j];
  }
  first = sum_a;
  second = sum_b;
}

}  // namespace

RowHash::RowHash(int64_t columns) {
  uint64_t state = 0;
  for (int64_t j = 0; j < columns; ++j) {
    state += 0x9e3779b97f4a7c15;
    const uint64_t random = mix(state);
    first_.push_back(static_cast<uint32_t>(random));
    second_.push_back(static_cast<uint32_t>(random >> 32));
  }
}

void RowHash::operator()(const uint32_t* codes, int64_t rows, uint64_t* keys) const {
  const size_t n = first_.size();
  vectorized([&](auto) GLOW_INLINE_BODY {
    for (int64_t i = 0; i < rows; ++i) {
      uint64_t first = 0, second = 0;
      multilinear(codes + static_cast<size_t>(i) * n, first_.data(), second_.data(), n, first,
                  second);
      keys[i] = mix(mix(first) + second);
    }
  });
}

Symbols number_symbols(const std::vector<uint64_t>& keys) {
  Symbols out;
  out.of_row.reserve(keys.size());
  std::vector<uint64_t> key_of;  // of each symbol
  const size_t slots = std::bit_ceil(2 * keys.size() + 1);
  std::vector<int32_t> table(slots, -1);  // open addressing; the keys are well mixed
  for (const uint64_t key : keys) {
    size_t slot = key & (slots - 1);
    while (table[slot] >= 0 && key_of[static_cast<size_t>(table[slot])] != key) {
      slot = (slot + 1) & (slots - 1);
    }
    if (table[slot] < 0) {
      table[slot] = static_cast<int32_t>(key_of.size());
      key_of.push_back(key);
      out.counts.push_back(0);
    }
    out.of_row.push_back(table[slot]);
    ++out.counts[static_cast<size_t>(table[slot])];
  }
  return out;
}

Symbols value_symbols(const Tensor& values, const std::string& name) {
  const bool whole = !values.is_floating_point();
  const Tensor rows = values.detach().to(at::kCPU, whole ? at::kLong : at::kDouble).contiguous();
  if (!whole) check_finite(rows, name);
  const int64_t n = rows.size(0), columns = rows.numel() / n;
  const RowHash hash(2 * columns);  // both halves of each 64-bit value
  std::vector<uint64_t> keys(static_cast<size_t>(n));
  std::vector<uint32_t> codes(static_cast<size_t>(2 * columns));
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      const int64_t at = i * columns + j;
      const uint64_t bits =
          whole ? static_cast<uint64_t>(rows.const_data_ptr<int64_t>()[at])
                : std::bit_cast<uint64_t>(rows.const_data_ptr<double>()[at] + 0.0);  // -0 to 0
      codes[static_cast<size_t>(2 * j)] = static_cast<uint32_t>(bits);
      codes[static_cast<size_t>(2 * j + 1)] = static_cast<uint32_t>(bits >> 32);
    }
    hash(codes.data(), 1, &keys[static_cast<size_t>(i)]);
  }
  return number_symbols(keys);
}

Symbols class_symbols(const Tensor& labels, int64_t classes) {
  Symbols out;
  const int64_t* label = labels.const_data_ptr<int64_t>();
  std::vector<int32_t> number(static_cast<size_t>(classes), -1);
  for (int64_t i = 0; i < labels.numel(); ++i) {
    int32_t& symbol = number[static_cast<size_t>(label[i])];
    if (symbol < 0) {
      symbol = static_cast<int32_t>(out.counts.size());
      out.counts.push_back(0);
    }
    out.of_row.push_back(symbol);
    ++out.counts[static_cast<size_t>(symbol)];
  }
  return out;
}

Symbols joint_symbols(const Symbols& a, const Symbols& b) {
  std::vector<uint64_t> keys(a.of_row.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto pair = static_cast<uint64_t>(a.of_row[i]) << 32 | static_cast<uint32_t>(b.of_row[i]);
    keys[i] = mix(pair);  // a bijection: no two pairs meet
  }
  return number_symbols(keys);
}

}  // namespace glow
