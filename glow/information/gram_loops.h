// The inner loops of sums over Gram matrices, by vectors.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "glow/core/vectorized.h"

namespace glow::gram_loops {

// Columns at a time, so that a tile's rows stay in L2, and what they are padded to a multiple of.
template <class T>
constexpr int64_t kChunk = 4096 / static_cast<int64_t>(sizeof(T));
template <class T>
constexpr int64_t kColumnStep = 64 / static_cast<int64_t>(sizeof(T));

// Subtracts the means of `width` columns, one chunk at most. They are taken from differences to the
// first row, so a constant column becomes exactly zero.
template <class T>
GLOW_INLINE void subtract_means(const T* in, int64_t in_stride, int64_t rows, int64_t width, T* out,
                                int64_t out_stride) {
  T mean[kChunk<T>];
  std::fill(mean, mean + width, T(0));
  for (int64_t i = 1; i < rows; ++i) {
    const T* row = in + i * in_stride;
    for (int64_t j = 0; j < width; ++j) mean[j] += row[j] - in[j];
  }
  for (int64_t j = 0; j < width; ++j) mean[j] = in[j] + mean[j] / static_cast<T>(rows);
  for (int64_t i = 0; i < rows; ++i) {
    const T* row = in + i * in_stride;
    T* centred = out + i * out_stride;
    for (int64_t j = 0; j < width; ++j) centred[j] = row[j] - mean[j];
  }
}

// By reference: vectors as return values would make the ABI depend on the target.
template <class V, class T>
GLOW_INLINE void load(const T* from, V& out) {
  __builtin_memcpy(&out, from, sizeof(V));
}

template <class T, int bytes>
GLOW_INLINE T lane_sum(const Vector<T, bytes>& v) {
  if constexpr (bytes == sizeof(T)) {
    return v[0];
  } else {
    const T* lanes = reinterpret_cast<const T*>(&v);
    Vector<T, bytes / 2> low, high;
    load(lanes, low);
    load(lanes + bytes / 2 / sizeof(T), high);
    return lane_sum<T, bytes / 2>(low + high);
  }
}

// The inner products of `rows` x `columns` rows of a and b over k entries, added to out. One vector
// accumulator a product: k runs along memory, so nothing needs packing or transposing.
template <class T, int bytes, int rows, int columns>
GLOW_INLINE void add_block(const T* a, const T* b, int64_t stride, int64_t k, double* out,
                           int64_t out_stride) {
  using V = Vector<T, bytes>;
  V sum[rows][columns] = {};
  for (int64_t i = 0; i < k; i += bytes / static_cast<int64_t>(sizeof(T))) {
    V left[rows];
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r) load(a + r * stride + i, left[r]);
#pragma GCC unroll 4
    for (int c = 0; c < columns; ++c) {
      V right;
      load(b + c * stride + i, right);
#pragma GCC unroll 4
      for (int r = 0; r < rows; ++r) sum[r][c] += left[r] * right;
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < columns; ++c) out[r * out_stride + c] += lane_sum<T, bytes>(sum[r][c]);
  }
}

// Adds the inner products of n rows of a with m rows of b over `width` columns; n and m are
// multiples of four. Of a diagonal tile only what is on or above the diagonal is computed.
template <class T, int bytes>
GLOW_INLINE void add_products(const T* a, int64_t n, const T* b, int64_t m, int64_t stride,
                              int64_t width, bool diagonal, double* out) {
  constexpr int kRows = 4;
  constexpr int kColumns = bytes == 64 ? 4 : 2;  // accumulators must fit into 32 or 16 registers
  for (int64_t i = 0; i < n; i += kRows) {
    for (int64_t j = diagonal ? i : 0; j < m; j += kColumns) {
      add_block<T, bytes, kRows, kColumns>(a + i * stride, b + j * stride, stride, width,
                                           out + i * m + j, m);
    }
  }
}

// Copies what lies above the diagonal of an (n, n) tile below it.
GLOW_INLINE void mirror(double* tile, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < i; ++j) tile[i * n + j] = tile[j * n + i];
  }
}

// All inner products of n rows of a with m rows of b, a chunk of columns after the other.
template <class T, int bytes>
GLOW_INLINE void inner_products(const T* a, int64_t n, const T* b, int64_t m, int64_t stride,
                                bool diagonal, double* out) {
  std::fill(out, out + n * m, 0.0);
  for (int64_t k = 0; k < stride; k += kChunk<T>) {
    add_products<T, bytes>(a + k, n, b + k, m, stride, std::min(kChunk<T>, stride - k), diagonal,
                           out);
  }
  if (diagonal) mirror(out, n);
}

// exp of x <= 0 to about one unit in the last place: x = k ln 2 + r, Taylor series in r, exponent k
// by bits. Branch-free, so that it vectorises.
template <class T>
GLOW_INLINE T exp_negative(T x) {
  constexpr bool single = std::is_same_v<T, float>;
  using Bits = std::conditional_t<single, uint32_t, uint64_t>;
  constexpr int mantissa = single ? 23 : 52;
  constexpr T magic = T(1.5) * T(Bits(1) << mantissa);  // adding it rounds to an integer
  constexpr T ln2_high = single ? T(0.693359375) : T(0x1.62e42fee00000p-1);
  constexpr T ln2_low = single ? T(-2.12194440e-4) : T(0x1.a39ef35793c76p-33);
  constexpr int degree = single ? 7 : 13;

  x = std::max(x, single ? T(-87) : T(-708));
  const T shifted = x * T(1.4426950408889634) + magic;
  const T k = shifted - magic;
  const T r = (x - k * ln2_high) - k * ln2_low;
  T series = 1;
#pragma GCC unroll 16
  for (int n = degree; n >= 1; --n) series = series * (r / T(n)) + T(1);
  const Bits exponent = (std::bit_cast<Bits>(shifted) + Bits(single ? 127 : 1023)) << mantissa;
  return series * std::bit_cast<T>(exponent);
}

template <class T, int bytes>
GLOW_INLINE void load_double(const T* from, Vector<double, bytes>& out) {
  Vector<T, bytes / 8 * static_cast<int>(sizeof(T))> narrow;
  load(from, narrow);
  out = __builtin_convertvector(narrow, Vector<double, bytes>);
}

// Σ a_i b_i in float64; n is a multiple of four vectors.
template <class T, int bytes>
GLOW_INLINE double sum_of_products(const T* a, const T* b, int64_t n) {
  constexpr int lanes = bytes / 8;
  Vector<double, bytes> sums[4] = {};
  for (int64_t i = 0; i < n; i += 4 * lanes) {
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) {
      Vector<double, bytes> left, right;
      load_double<T, bytes>(a + i + u * lanes, left);
      load_double<T, bytes>(b + i + u * lanes, right);
      sums[u] += left * right;
    }
  }
  return lane_sum<double, bytes>((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

// Σ a_i in float64; n is a multiple of a vector.
template <class T, int bytes>
GLOW_INLINE double sum_of_row(const T* a, int64_t n) {
  Vector<double, bytes> sum = {};
  for (int64_t i = 0; i < n; i += bytes / 8) {
    Vector<double, bytes> next;
    load_double<T, bytes>(a + i, next);
    sum += next;
  }
  return lane_sum<double, bytes>(sum);
}

}  // namespace glow::gram_loops
