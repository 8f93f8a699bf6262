// Neighbours under the maximum norm: k-th distances, and how many points are nearer than a radius.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace glow {

using at::Tensor;

class NeighbourTree;
class SortedLine;

/// Of each point, in the order of the rows.
struct Neighbours {
  std::vector<double> distances;  // to its k-th neighbour
  std::vector<int32_t> indices;   // (n, k): its neighbours, the nearest first; empty unless asked
};

/// The points (n, d), prepared once for any number of searches: one column is sorted, several
/// become a tree. Distances are max_j |a_j − b_j| in float64, exactly; results are the same bits at
/// any number of threads. Building O(n d log n); a search O(n log n) in few dimensions, O(n² d) in
/// many.
class PointSet {
 public:
  /// Of finite float64 rows on the CPU, fewer than 2^31. Of no columns it is empty: no searches.
  explicit PointSet(const Tensor& points);
  PointSet(PointSet&&) noexcept;
  PointSet& operator=(PointSet&&) noexcept;
  ~PointSet();

  int64_t size() const { return points_.size(0); }
  const Tensor& points() const { return points_; }

  /// The k nearest others, 1 <= k < n. Of several at one distance any may be given, always the
  /// same.
  Neighbours nearest(int64_t k, bool indices = false) const;

  /// How many others are nearer than radii[i]: strictly, |a − b| < r. A permutation of the rows is
  /// one of the radii and of the counts: nothing is built anew.
  std::vector<int32_t> nearer(const std::vector<double>& radii) const;

  /// At most as far.
  std::vector<int32_t> within(std::vector<double> radii) const;

 private:
  Tensor points_;
  std::unique_ptr<SortedLine> line_;  // of one column
  std::unique_ptr<NeighbourTree> tree_;
};

/// The columns of several variables side by side: the joint space.
Tensor joint_space(const std::vector<Tensor>& variables);

}  // namespace glow
