#include "glow/information/dependence_graph.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "glow/core/random.h"
#include "glow/information/entropy.h"

namespace glow {
namespace {

constexpr int64_t kNullDraws = 2;  // permutations a graph

struct DependenceGraph {
  double nats = 0;
  int64_t edges = 0;
  int64_t capped = 0;  // samples on edges that were capped
};

DependenceGraph dependence_graph(const Symbols& x, const Symbols& y, double cap) {
  const Symbols joint = joint_symbols(x, y);
  const auto n = static_cast<double>(joint.rows());
  DependenceGraph out;
  out.edges = joint.kinds();
  for (size_t row = 0, next = 0; next < joint.counts.size(); ++row) {
    if (static_cast<size_t>(joint.of_row[row]) != next) continue;  // an edge at its first sample
    const int64_t both = joint.counts[next++];
    const int64_t apart =
        x.counts[static_cast<size_t>(x.of_row[row])] * y.counts[static_cast<size_t>(y.of_row[row])];
    const double ratio = std::log(static_cast<double>(both) * n / static_cast<double>(apart));
    out.nats += static_cast<double>(both) / n * std::min(ratio, cap);
    if (ratio >= cap) out.capped += both;
  }
  return out;
}

// Symbols with these counts in an order of their own: what a permutation of rows does to them
// depends on nothing else.
Symbols rising_symbols(const CountGroups& groups) {
  Symbols out;
  for (const auto& group : groups.groups) {
    for (double s = 0; s < group.symbols; ++s) {
      out.of_row.insert(out.of_row.end(), static_cast<size_t>(group.count),
                        static_cast<int32_t>(out.counts.size()));
      out.counts.push_back(static_cast<int64_t>(group.count));
    }
  }
  return out;
}

// The means over permutations of y.
struct ChanceGraph {
  double nats = 0, edges = 0;
};

ChanceGraph chance_graph(const Symbols& x, const Symbols& y, double cap, int64_t stream) {
  Symbols still = rising_symbols(group_counts(x.counts));
  Symbols moved = rising_symbols(group_counts(y.counts));
  if (moved.counts < still.counts) std::swap(still, moved);  // the same for (y, x)
  ChanceGraph out;
  Symbols drawn = moved;
  for (int64_t draw = 0; draw < kNullDraws; ++draw) {
    const Tensor order = at::randperm(
        moved.rows(), make_generator(0, "edge null", stream * kNullDraws + draw), at::kLong);
    const int64_t* from = order.const_data_ptr<int64_t>();
    for (size_t i = 0; i < drawn.of_row.size(); ++i) {
      drawn.of_row[i] = moved.of_row[static_cast<size_t>(from[i])];
    }
    const DependenceGraph graph = dependence_graph(still, drawn, cap);
    out.nats += graph.nats / kNullDraws;
    out.edges += static_cast<double>(graph.edges) / kNullDraws;
  }
  return out;
}

}  // namespace

GraphInformation graph_information(const Symbols& x, const Symbols& y, double cap, int64_t stream) {
  const DependenceGraph graph = dependence_graph(x, y, cap);
  const ChanceGraph chance = chance_graph(x, y, cap, stream);
  const auto least = static_cast<double>(std::max(x.kinds(), y.kinds()));
  const double share = (static_cast<double>(graph.edges) - least + 1) / (chance.edges - least + 1);
  return {graph.nats - share * chance.nats,
          static_cast<double>(graph.capped) / static_cast<double>(x.rows())};
}

}  // namespace glow
