// The inner loops of neighbour searches, by vectors: points lie in leaves, a column of a leaf's
// points in a row of memory. All distances are maxima of exact |a - b| roundings, so they are the
// same bits whatever the width of a vector.
#pragma once

#include <algorithm>
#include <cstdint>

#include "glow/core/vectorized.h"

namespace glow::neighbour_loops {

constexpr int64_t kLeaf = 32;  // points of a leaf, one bit each
constexpr int64_t kLook = 8;   // columns after which a search looks whether any is still near
constexpr int kVectors = 4;    // at a time: they stay in registers

template <int bytes>
constexpr int64_t kLanes = bytes / 8;

template <int bytes>
GLOW_INLINE uint32_t any_lane(const Vector<int64_t, bytes>& v) {
  if constexpr (bytes == 8) {
    return static_cast<uint32_t>(v[0]);
  } else {
    Vector<int64_t, bytes / 2> low, high;
    __builtin_memcpy(&low, &v, sizeof low);
    __builtin_memcpy(&high, reinterpret_cast<const char*>(&v) + sizeof low, sizeof high);
    return any_lane<bytes / 2>(low | high);
  }
}

struct Bits {
  alignas(64) int64_t of[kLeaf];
};
constexpr Bits kBits = [] {
  Bits bits{};
  for (int64_t i = 0; i < kLeaf; ++i) bits.of[i] = int64_t{1} << i;
  return bits;
}();

/// Which of kVectors vectors of distances, from lane `first` of their leaf, are below the radius.
template <int bytes>
GLOW_INLINE uint32_t below(const Vector<double, bytes>* distances, double radius, int64_t first) {
  Vector<int64_t, bytes> bits = {};
#pragma GCC unroll 4
  for (int u = 0; u < kVectors; ++u) {
    Vector<int64_t, bytes> own;
    __builtin_memcpy(&own, kBits.of + first + u * kLanes<bytes>, bytes);
    bits |= (distances[u] < radius) & own;
  }
  return any_lane<bytes>(bits);
}

/// The points of a leaf that lie within the open box of `radius` around the query, one bit each.
/// Their distances are in `out`; of the others, some number that is not below the radius.
template <int bytes>
GLOW_INLINE uint32_t points_within(const double* leaf, const double* query, int64_t columns,
                                   double radius, double* out) {
  using V = Vector<double, bytes>;
  using I = Vector<int64_t, bytes>;
  constexpr int64_t step = kVectors * kLanes<bytes>;
  uint32_t bits = 0;
#pragma GCC unroll 4
  for (int64_t first = 0; first < kLeaf; first += step) {
    V distance[kVectors] = {};
    for (int64_t j = 0; j < columns;) {
      const int64_t look = columns - j > 2 * kLook ? j + kLook : columns;
      for (; j < look; ++j) {
        const double at = query[j * kLeaf];
        const double* points = leaf + j * kLeaf + first;
#pragma GCC unroll 4
        for (int u = 0; u < kVectors; ++u) {
          V apart;
          __builtin_memcpy(&apart, points + u * kLanes<bytes>, bytes);
          apart -= at;
          apart = (V)((I)apart & INT64_MAX);
          distance[u] = distance[u] > apart ? distance[u] : apart;
        }
      }
      if (j < columns && below<bytes>(distance, radius, first) == 0) break;
    }
    __builtin_memcpy(out + first, distance, sizeof distance);
    bits |= below<bytes>(distance, radius, first);
  }
  return bits;
}

/// The smallest and largest distance that a point in the box can have to each query of a leaf.
template <int bytes>
GLOW_INLINE void box_distances(const double* queries, const double* low, const double* high,
                               int64_t columns, double* nearest, double* farthest) {
  using V = Vector<double, bytes>;
  constexpr int64_t step = kVectors * kLanes<bytes>;
#pragma GCC unroll 4
  for (int64_t first = 0; first < kLeaf; first += step) {
    V near[kVectors] = {}, far[kVectors] = {};
    for (int64_t j = 0; j < columns; ++j) {
#pragma GCC unroll 4
      for (int u = 0; u < kVectors; ++u) {
        V at;
        __builtin_memcpy(&at, queries + j * kLeaf + first + u * kLanes<bytes>, bytes);
        const V under = low[j] - at, over = at - high[j];
        const V out = under > over ? under : over, in = under > over ? -over : -under;
        near[u] = near[u] > out ? near[u] : out;
        far[u] = far[u] > in ? far[u] : in;
      }
    }
    __builtin_memcpy(nearest + first, near, sizeof near);
    __builtin_memcpy(farthest + first, far, sizeof far);
  }
}

/// The smallest distance between points of two boxes.
GLOW_INLINE double box_gap(const double* low_a, const double* high_a, const double* low_b,
                           const double* high_b, int64_t columns) {
  double gap = 0;
  for (int64_t j = 0; j < columns; ++j) {
    gap = std::max(gap, std::max(low_a[j] - high_b[j], low_b[j] - high_a[j]));
  }
  return gap;
}

/// The largest one.
GLOW_INLINE double box_span(const double* low_a, const double* high_a, const double* low_b,
                            const double* high_b, int64_t columns) {
  double span = 0;
  for (int64_t j = 0; j < columns; ++j) {
    span = std::max(span, std::max(high_a[j] - low_b[j], high_b[j] - low_a[j]));
  }
  return span;
}

}  // namespace glow::neighbour_loops
