#include "glow/dynamics/plane_array.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "glow/core/error.h"

namespace glow {

at::Tensor plane_array(const std::vector<PlaneRow>& rows, bool before_training) {
  // Positions on each axis by the values that occur there, in order of appearance.
  std::map<int64_t, std::map<int64_t, int64_t>> snapshots;  // epoch → step → position
  std::vector<std::string> evaluators;
  std::vector<int64_t> layers;
  const auto position = [](auto& seen, const auto& value) {
    const auto it = std::find(seen.begin(), seen.end(), value);
    if (it != seen.end()) return static_cast<int64_t>(it - seen.begin());
    seen.push_back(value);
    return static_cast<int64_t>(seen.size()) - 1;
  };
  int64_t most = 0;
  for (const auto& row : rows) {
    if (row.epoch == 0 && !before_training) continue;
    if (row.network != rows.front().network) {
      throw ValueError("an array is of one network: these rows are of network {} and {}, and more",
                       rows.front().network, row.network);
    }
    auto& steps = snapshots[row.epoch];
    steps.try_emplace(row.step, static_cast<int64_t>(steps.size()));
    most = std::max(most, static_cast<int64_t>(steps.size()));
    position(evaluators, row.evaluator);
    position(layers, row.layer);
  }
  at::Tensor out =
      at::full({static_cast<int64_t>(snapshots.size()), most,
                static_cast<int64_t>(evaluators.size()), static_cast<int64_t>(layers.size()), 2},
               kUnknown, at::kDouble);
  auto cells = out.accessor<double, 5>();
  for (const auto& row : rows) {
    const auto epoch = snapshots.find(row.epoch);
    if (epoch == snapshots.end()) continue;
    auto cell = cells[std::distance(snapshots.begin(), epoch)][epoch->second.at(row.step)]
                     [position(evaluators, row.evaluator)][position(layers, row.layer)];
    cell[0] = row.complexity;
    cell[1] = row.generalization;
  }
  return out;
}

}  // namespace glow
