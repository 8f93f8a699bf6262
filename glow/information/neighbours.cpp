#include "glow/information/neighbours.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "glow/core/error.h"
#include "glow/information/neighbour_tree.h"
#include "glow/information/sorted_line.h"

namespace glow {

PointSet::PointSet(const Tensor& points) : points_(points.contiguous()) {
  if (size() > std::numeric_limits<int32_t>::max()) {
    throw ValueError("neighbours are sought among fewer than 2^31 rows, got {}", size());
  }
  if (points_.size(1) == 1) {
    line_ = std::make_unique<SortedLine>(points_.const_data_ptr<double>(), size());
  } else if (points_.size(1) > 1) {
    tree_ = std::make_unique<NeighbourTree>(points_);
  }
}
PointSet::PointSet(PointSet&&) noexcept = default;
PointSet& PointSet::operator=(PointSet&&) noexcept = default;
PointSet::~PointSet() = default;

Neighbours PointSet::nearest(int64_t k, bool indices) const {
  if (k < 1 || k >= size()) throw ValueError("{} points have no {}-th neighbour", size(), k);
  Neighbours out;
  out.distances.resize(static_cast<size_t>(size()));
  if (indices) out.indices.resize(static_cast<size_t>(size() * k));
  int32_t* rows = indices ? out.indices.data() : nullptr;
  line_ ? line_->nearest(k, out.distances.data(), rows)
        : tree_->nearest(k, out.distances.data(), rows);
  return out;
}

std::vector<int32_t> PointSet::nearer(const std::vector<double>& radii) const {
  std::vector<int32_t> counts(static_cast<size_t>(size()));
  line_ ? line_->nearer(radii.data(), counts.data()) : tree_->nearer(radii.data(), counts.data());
  return counts;
}

std::vector<int32_t> PointSet::within(std::vector<double> radii) const {
  for (double& r : radii) r = std::nextafter(r, std::numeric_limits<double>::infinity());
  return nearer(radii);
}

Tensor joint_space(const std::vector<Tensor>& variables) {
  const int64_t n = variables[0].size(0);
  int64_t columns = 0;
  for (const Tensor& variable : variables) columns += variable.size(1);
  Tensor out = at::empty({n, columns}, at::kDouble);
  double* to = out.mutable_data_ptr<double>();
  for (const Tensor& variable : variables) {
    const Tensor rows = variable.contiguous();
    const double* from = rows.const_data_ptr<double>();
    const int64_t own = rows.size(1);
    for (int64_t i = 0; i < n; ++i) std::copy_n(from + i * own, own, to + i * columns);
    to += own;
  }
  return out;  // at::cat would leave threads spinning
}

}  // namespace glow
