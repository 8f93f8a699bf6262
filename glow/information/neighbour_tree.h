// A tree of boxes over points, for neighbours under the maximum norm.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace glow {

using at::Tensor;

/// Points in leaves of 32, split at the median of the widest side. A search takes a leaf's points
/// together, so that they share the way down, and scans leaves by vectors. Where boxes exclude
/// nothing (many dimensions) that is a blocked brute force with an early exit. Distances are exact:
/// those of max_j |a_j - b_j| in float64.
class NeighbourTree {
 public:
  /// Of points (n, d), contiguous float64 on the CPU, finite. O(n d log n).
  explicit NeighbourTree(const Tensor& points);

  /// Of each point: the distance to its k-th neighbour, k < n, and unless `indices` is null the
  /// rows of the k nearest, (n, k), in the order of their distances.
  void nearest(int64_t k, double* distances, int32_t* indices) const;

  /// How many other points lie nearer than each point's radius.
  void nearer(const double* radii, int32_t* counts) const;

 private:
  struct Node {
    int64_t index, begin, end;  // its leaves
  };
  struct Search;
  struct Nearest;
  struct Nearer;

  Node left(const Node& node) const;
  Node right(const Node& node) const;
  const double* low(int64_t node) const { return boxes_.data() + node * 2 * columns_; }
  const double* high(int64_t node) const { return low(node) + columns_; }
  const double* leaf(int64_t index) const;
  int64_t leaf_size(int64_t index) const;

  void build(const double* points);
  void enclose(const double* points, const Node& node);
  void split(const double* points, const Node& node);
  void grow(const double* points, const Node& node);
  void fill(const double* points, int64_t leaf);

  template <class Task>
  void each_leaf(const Task& prototype) const;

  int64_t rows_, columns_, leaves_;
  Tensor points_;                   // (leaves, d, 32), infinite where there is no point
  std::vector<int32_t> row_;        // of each point in the order of the leaves
  std::vector<double> boxes_;       // of each node: its low corner, its high corner
  std::vector<int64_t> leaf_node_;  // of each leaf
};

}  // namespace glow
