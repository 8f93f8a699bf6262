#include "glow/information/neighbour_tree.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "glow/core/parallel.h"
#include "glow/core/stop.h"
#include "glow/information/neighbour_loops.h"

namespace glow {
namespace {

using neighbour_loops::box_distances;
using neighbour_loops::box_gap;
using neighbour_loops::box_span;
using neighbour_loops::kLeaf;
using neighbour_loops::points_within;

constexpr double kFar = std::numeric_limits<double>::infinity();
constexpr int64_t kLeavesAChunk = 8;  // of a search
constexpr int64_t kSubtrees = 16;     // that are grown side by side; each has leaves enough
constexpr int64_t kWorthTree = 4096;  // points that are worth a thread

}  // namespace

NeighbourTree::Node NeighbourTree::left(const Node& node) const {
  return {node.index + 1, node.begin, (node.begin + node.end) / 2};
}

NeighbourTree::Node NeighbourTree::right(const Node& node) const {
  const int64_t middle = (node.begin + node.end) / 2;
  return {node.index + 2 * (middle - node.begin), middle, node.end};
}

const double* NeighbourTree::leaf(int64_t index) const {
  return points_.const_data_ptr<double>() + index * columns_ * kLeaf;
}

int64_t NeighbourTree::leaf_size(int64_t index) const {
  return std::min(kLeaf, rows_ - index * kLeaf);
}

NeighbourTree::NeighbourTree(const Tensor& points)
    : rows_(points.size(0)),
      columns_(points.size(1)),
      leaves_((rows_ + kLeaf - 1) / kLeaf),
      points_(at::empty({leaves_, columns_, kLeaf}, at::kDouble)),
      row_(static_cast<size_t>(rows_)),
      boxes_(static_cast<size_t>((2 * leaves_ - 1) * 2 * columns_)),
      leaf_node_(static_cast<size_t>(leaves_)) {
  std::iota(row_.begin(), row_.end(), 0);
  build(points.const_data_ptr<double>());
}

void NeighbourTree::build(const double* points) {
  std::vector<Node> nodes{{0, 0, leaves_}};
  if (rows_ < kWorthTree) return grow(points, nodes[0]);
  // The top of the tree level by level, then the subtrees below it.
  while (static_cast<int64_t>(nodes.size()) < kSubtrees) {
    parallel_for(static_cast<int64_t>(nodes.size()), 1,
                 [&](int64_t n, int64_t) { split(points, nodes[static_cast<size_t>(n)]); });
    std::vector<Node> children;
    for (const Node& node : nodes) {
      children.push_back(left(node));
      children.push_back(right(node));
    }
    nodes = std::move(children);
  }
  parallel_for(static_cast<int64_t>(nodes.size()), 1, [&](int64_t n, int64_t) {
    if (!stop_requested()) grow(points, nodes[static_cast<size_t>(n)]);
  });
  check_stop();
}

void NeighbourTree::grow(const double* points, const Node& node) {
  if (node.end - node.begin == 1) {
    enclose(points, node);
    fill(points, node.begin);
    leaf_node_[static_cast<size_t>(node.begin)] = node.index;
    return;
  }
  split(points, node);
  grow(points, left(node));
  grow(points, right(node));
}

// The box of a node's points.
void NeighbourTree::enclose(const double* points, const Node& node) {
  double* low = boxes_.data() + node.index * 2 * columns_;
  double* high = low + columns_;
  std::fill(low, high, kFar);
  std::fill(high, high + columns_, -kFar);
  const int64_t end = std::min(rows_, node.end * kLeaf);
  for (int64_t i = node.begin * kLeaf; i < end; ++i) {
    const double* point = points + row_[static_cast<size_t>(i)] * columns_;
    for (int64_t j = 0; j < columns_; ++j) {
      low[j] = std::min(low[j], point[j]);
      high[j] = std::max(high[j], point[j]);
    }
  }
}

// Orders a node's points: those of its left leaves have the smaller coordinates.
void NeighbourTree::split(const double* points, const Node& node) {
  enclose(points, node);
  int64_t widest = 0;
  for (int64_t j = 1; j < columns_; ++j) {
    const auto width = [&](int64_t c) { return high(node.index)[c] - low(node.index)[c]; };
    if (width(j) > width(widest)) widest = j;
  }
  const int64_t begin = node.begin * kLeaf, end = std::min(rows_, node.end * kLeaf);
  std::vector<std::pair<double, int32_t>> keys(static_cast<size_t>(end - begin));
  for (size_t i = 0; i < keys.size(); ++i) {
    const int32_t row = row_[static_cast<size_t>(begin) + i];
    keys[i] = {points[row * columns_ + widest], row};
  }
  const int64_t middle = (node.begin + node.end) / 2 * kLeaf - begin;
  std::nth_element(keys.begin(), keys.begin() + middle, keys.end());
  for (size_t i = 0; i < keys.size(); ++i) row_[static_cast<size_t>(begin) + i] = keys[i].second;
}

void NeighbourTree::fill(const double* points, int64_t leaf) {
  double* out = points_.mutable_data_ptr<double>() + leaf * columns_ * kLeaf;
  std::fill(out, out + columns_ * kLeaf, kFar);
  for (int64_t i = 0; i < leaf_size(leaf); ++i) {
    const double* point = points + row_[static_cast<size_t>(leaf * kLeaf + i)] * columns_;
    for (int64_t j = 0; j < columns_; ++j) out[j * kLeaf + i] = point[j];
  }
}

// What the points of one leaf look for. `reach` is the largest of their radii: what is not nearer
// does not concern them.
struct NeighbourTree::Search {
  const NeighbourTree& tree;
  int64_t own = 0, size = 0;  // the leaf of the queries and how many it has
  double radius[kLeaf] = {};
  double reach = 0;

  void begin(int64_t leaf) {
    own = leaf;
    size = tree.leaf_size(leaf);
  }

  // The queries that a leaf's box lets have something to look for, by their distances to it.
  template <int bytes>
  GLOW_INLINE int select(int64_t node, double* farthest, int32_t* chosen) const {
    double nearest[kLeaf];
    box_distances<bytes>(tree.leaf(own), tree.low(node), tree.high(node), tree.columns_, nearest,
                         farthest);
    int count = 0;
    for (int32_t q = 0; q < size; ++q) {
      chosen[count] = q;
      count += static_cast<int>(nearest[q] < radius[q]);
    }
    return count;
  }

  // From the root down, the nearer child first.
  template <int bytes, class Task>
  GLOW_INLINE static void descend(Task& task) {
    const NeighbourTree& tree = task.tree;
    const int64_t columns = tree.columns_;
    const int64_t at = tree.leaf_node_[static_cast<size_t>(task.own)];
    const double *low = tree.low(at), *high = tree.high(at);
    struct Open {
      Node node;
      double gap;
    } stack[64];
    int depth = 0;
    stack[depth++] = {{0, 0, tree.leaves_}, 0};
    while (depth > 0) {
      const Open open = stack[--depth];
      const Node& node = open.node;
      if (!(open.gap < task.reach)) continue;
      if (node.end - node.begin == 1) {
        if (node.begin != task.own) task.template scan<bytes>(node.begin);
        continue;
      }
      if (task.take_whole(node, low, high)) continue;
      Open near{tree.left(node), 0}, far{tree.right(node), 0};
      for (Open* child : {&near, &far}) {
        const int64_t index = child->node.index;
        child->gap = box_gap(low, high, tree.low(index), tree.high(index), columns);
      }
      if (far.gap < near.gap) std::swap(near, far);
      if (far.gap < task.reach) stack[depth++] = far;
      if (near.gap < task.reach) stack[depth++] = near;
    }
  }
};

struct NeighbourTree::Nearest : Search {
  int64_t k;
  double* out_distances;
  int32_t* out_indices;
  std::vector<double> distances = {};  // (32, k), ascending
  std::vector<int32_t> found = {};     // places in the order of the leaves

  Nearest(const NeighbourTree& of, int64_t neighbours, double* out, int32_t* indices)
      : Search{of}, k(neighbours), out_distances(out), out_indices(indices) {}

  template <int bytes>
  GLOW_INLINE void run(int64_t leaf) {
    begin(leaf);
    distances.assign(static_cast<size_t>(kLeaf * k), kFar);
    found.resize(static_cast<size_t>(kLeaf * k));
    std::fill(radius, radius + size, kFar);
    scan<bytes>(leaf);
    descend<bytes>(*this);
    for (int64_t q = 0; q < size; ++q) {
      const int64_t row = tree.row_[static_cast<size_t>(leaf * kLeaf + q)];
      out_distances[row] = radius[q];
      for (int64_t i = 0; out_indices && i < k; ++i) {
        out_indices[row * k + i] =
            tree.row_[static_cast<size_t>(found[static_cast<size_t>(q * k + i)])];
      }
    }
  }

  bool take_whole(const Node&, const double*, const double*) const { return false; }

  template <int bytes>
  GLOW_INLINE void scan(int64_t leaf) {
    double farthest[kLeaf], apart[kLeaf];
    int32_t chosen[kLeaf];
    const int64_t node = tree.leaf_node_[static_cast<size_t>(leaf)];
    const int count = select<bytes>(node, farthest, chosen);
    for (int c = 0; c < count; ++c) {
      const int32_t q = chosen[c];
      uint32_t bits = points_within<bytes>(tree.leaf(leaf), tree.leaf(own) + q, tree.columns_,
                                           radius[q], apart);
      if (leaf == own) bits &= ~(uint32_t{1} << q);
      for (; bits != 0; bits &= bits - 1) {
        const int i = __builtin_ctz(bits);
        if (apart[i] < radius[q]) insert(q, apart[i], static_cast<int32_t>(leaf * kLeaf + i));
      }
    }
    reach = *std::max_element(radius, radius + size);
  }

  void insert(int64_t q, double distance, int32_t place) {
    double* d = distances.data() + q * k;
    int32_t* f = found.data() + q * k;
    int64_t at = k - 1;
    for (; at > 0 && d[at - 1] > distance; --at) {
      d[at] = d[at - 1];
      f[at] = f[at - 1];
    }
    d[at] = distance;
    f[at] = place;
    radius[q] = d[k - 1];
  }
};

struct NeighbourTree::Nearer : Search {
  const double* radii;
  int32_t* counts;
  double smallest = 0;
  int64_t whole = 0;  // points that count for all queries
  int64_t single[kLeaf] = {};

  Nearer(const NeighbourTree& of, const double* given, int32_t* out)
      : Search{of}, radii(given), counts(out) {}

  template <int bytes>
  GLOW_INLINE void run(int64_t leaf) {
    begin(leaf);
    const int32_t* row = tree.row_.data() + leaf * kLeaf;
    for (int64_t q = 0; q < size; ++q) {
      radius[q] = radii[row[q]];
      single[q] = radius[q] > 0 ? -1 : 0;  // the query itself will be counted
    }
    smallest = *std::min_element(radius, radius + size);
    reach = *std::max_element(radius, radius + size);
    whole = 0;
    scan<bytes>(leaf);
    descend<bytes>(*this);
    for (int64_t q = 0; q < size; ++q) counts[row[q]] = static_cast<int32_t>(single[q] + whole);
  }

  GLOW_INLINE bool take_whole(const Node& node, const double* low, const double* high) {
    if (node.begin <= own && own < node.end) return false;
    const double span =
        box_span(low, high, tree.low(node.index), tree.high(node.index), tree.columns_);
    if (!(span < smallest)) return false;
    whole += std::min(tree.rows_, node.end * kLeaf) - node.begin * kLeaf;
    return true;
  }

  template <int bytes>
  GLOW_INLINE void scan(int64_t leaf) {
    double farthest[kLeaf], apart[kLeaf];
    int32_t chosen[kLeaf];
    const int64_t node = tree.leaf_node_[static_cast<size_t>(leaf)];
    const int count = select<bytes>(node, farthest, chosen);
    const int64_t points = tree.leaf_size(leaf);
    for (int c = 0; c < count; ++c) {
      const int32_t q = chosen[c];
      if (farthest[q] < radius[q]) {
        single[q] += points;
        continue;
      }
      const uint32_t bits = points_within<bytes>(tree.leaf(leaf), tree.leaf(own) + q, tree.columns_,
                                                 radius[q], apart);
      single[q] += __builtin_popcount(bits);
    }
  }
};

template <class Task>
void NeighbourTree::each_leaf(const Task& prototype) const {
  std::optional<SerialScope> serial;
  if (rows_ < kWorthTree / 4) serial.emplace();
  parallel_for(leaves_, kLeavesAChunk, [&](int64_t begin, int64_t end) {
    Task task = prototype;
    vectorized([&](auto bytes) GLOW_INLINE_BODY {
      for (int64_t leaf = begin; leaf < end; ++leaf) task.template run<bytes>(leaf);
    });
  });
}

void NeighbourTree::nearest(int64_t k, double* distances, int32_t* indices) const {
  each_leaf(Nearest(*this, k, distances, indices));
}

void NeighbourTree::nearer(const double* radii, int32_t* counts) const {
  each_leaf(Nearer(*this, radii, counts));
}

}  // namespace glow
