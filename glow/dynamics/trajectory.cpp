#include "glow/dynamics/trajectory.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace glow {
namespace {

using Points = std::vector<TrajectoryPoint>;

struct LayerRows {
  std::string name;
  std::map<int64_t, Points> networks;
};

struct Group {
  const PlaneRow* row;  // the first of it
  std::map<int64_t, LayerRows> layers;

  bool has(const PlaneRow& other) const {
    return row->evaluator == other.evaluator && row->on == other.on && row->mode == other.mode;
  }
};

/// In the order in which evaluators and places first appear.
std::vector<Group> grouped(const std::vector<PlaneRow>& rows) {
  std::vector<Group> groups;
  size_t current = 0;
  for (const auto& row : rows) {
    if (std::isnan(row.complexity) && std::isnan(row.generalization)) continue;
    // Neighbouring rows are nearly always of one group.
    if (current >= groups.size() || !groups[current].has(row)) {
      const auto found = std::find_if(groups.begin(), groups.end(),
                                      [&](const Group& group) { return group.has(row); });
      current = static_cast<size_t>(found - groups.begin());
      if (found == groups.end()) groups.push_back({&row, {}});
    }
    LayerRows& layer = groups[current].layers[row.layer];
    layer.name = row.name;
    layer.networks[row.network].push_back({static_cast<double>(row.epoch), row.step, row.complexity,
                                           row.generalization, row.complexity_error,
                                           row.generalization_error, row.complexity_null,
                                           row.generalization_null});
  }
  return groups;
}

/// By step; of a step measured twice, the later row.
void sort_by_step(Points& points) {
  const auto earlier = [](const auto& a, const auto& b) { return a.step < b.step; };
  if (!std::is_sorted(points.begin(), points.end(), earlier)) {
    std::stable_sort(points.begin(), points.end(), earlier);
  }
  size_t kept = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    if (kept > 0 && points[kept - 1].step == points[i].step) --kept;
    points[kept++] = points[i];
  }
  points.resize(kept);
}

/// Replaces whole epochs by epochs completed, step / steps an epoch, where the rows tell how many
/// steps an epoch has. A batch of epoch e (from 1) has step < e·S: the largest tell S. A probe
/// after e epochs has step >= e·S.
void set_epochs(Group& group, int64_t batches) {
  const bool batch = group.row->on == "batch";
  double steps = batch ? 0 : INFINITY;
  const auto each = [&](auto&& body) {
    for (auto& [number, layer] : group.layers) {
      for (auto& [network, points] : layer.networks)
        std::for_each(points.begin(), points.end(), body);
    }
  };
  each([&](const TrajectoryPoint& point) {
    const auto step = static_cast<double>(point.step);
    if (batch) steps = std::max(steps, std::ceil((step + 1) / std::max(point.epoch, 1.0)));
    if (!batch && point.epoch >= 1) steps = std::min(steps, std::floor(step / point.epoch));
  });
  if (batches > 0) steps = static_cast<double>(batches);
  bool agree = steps >= 1 && std::isfinite(steps);
  each([&](const TrajectoryPoint& point) {
    const double completed = std::floor(static_cast<double>(point.step) / steps);
    agree = agree && (batch || completed == point.epoch);
  });
  if (!agree) return;
  each([&](TrajectoryPoint& point) { point.epoch = static_cast<double>(point.step) / steps; });
}

/// The steps that every network has that got that far.
std::vector<int64_t> common_steps(const LayerRows& layer) {
  std::vector<int64_t> all, last;
  for (const auto& [network, points] : layer.networks) {
    for (const auto& point : points) all.push_back(point.step);
    last.push_back(points.back().step);
  }
  std::sort(all.begin(), all.end());
  std::sort(last.begin(), last.end());
  std::vector<int64_t> steps;
  for (size_t i = 0; i < all.size();) {
    size_t end = i;
    while (end < all.size() && all[end] == all[i]) ++end;
    const auto running = last.end() - std::lower_bound(last.begin(), last.end(), all[i]);
    if (static_cast<int64_t>(end - i) == running) steps.push_back(all[i]);
    i = end;
  }
  return steps;
}

/// Where windows begin, and the end. Evenly spaced; over many epochs, which are drawn on a
/// logarithmic axis, only half of them are, and half logarithmically, so that the quick start keeps
/// its shape.
std::vector<size_t> window_edges(size_t count, int64_t most, double epochs) {
  std::vector<size_t> edges;
  if (most < 4 || count <= static_cast<size_t>(most)) {
    for (size_t i = 0; i <= count; ++i) edges.push_back(i);
    return edges;
  }
  const bool many = epochs >= 20;
  const size_t inner = count - 1, parts = (static_cast<size_t>(most) - 2) / (many ? 2 : 1);
  const auto whole = static_cast<double>(inner - 1);
  for (size_t i = 0; i <= parts; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(parts);
    edges.push_back(1 + static_cast<size_t>(std::lround(share * whole)));
    if (many) edges.push_back(static_cast<size_t>(std::lround(std::pow(whole + 1, share))));
  }
  edges.insert(edges.end(), {0, inner, count});
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

constexpr double TrajectoryPoint::*kValues[] = {
    &TrajectoryPoint::complexity, &TrajectoryPoint::generalization,
    &TrajectoryPoint::complexity_null, &TrajectoryPoint::generalization_null};
constexpr std::pair<double TrajectoryPoint::*, double TrajectoryPoint::*> kErrors[] = {
    {&TrajectoryPoint::complexity, &TrajectoryPoint::complexity_error},
    {&TrajectoryPoint::generalization, &TrajectoryPoint::generalization_error}};

/// The mean of the finite ones; unknown where there is none.
double mean_of(const Points& points, double TrajectoryPoint::*member) {
  double sum = 0;
  int64_t count = 0;
  for (const auto& point : points) {
    if (!std::isfinite(point.*member)) continue;
    sum += point.*member;
    ++count;
  }
  return count ? sum / static_cast<double>(count) : kUnknown;
}

TrajectoryPoint centre(const Points& points) {
  TrajectoryPoint out;
  out.epoch = mean_of(points, &TrajectoryPoint::epoch);
  int64_t step = 0;
  for (const auto& point : points) step += point.step;
  out.step = step / static_cast<int64_t>(points.size());
  for (const auto member : kValues) out.*member = mean_of(points, member);
  return out;
}

/// The mean of one network's measurements in a window, and the error that theirs leave to it.
TrajectoryPoint window_mean(const Points& points) {
  if (points.size() == 1) return points.front();
  TrajectoryPoint out = centre(points);
  for (const auto& [value, error] : kErrors) {
    double squares = 0;
    for (const auto& point : points) squares += point.*error * point.*error;
    out.*error = std::sqrt(squares) / static_cast<double>(points.size());
  }
  return out;
}

/// Standard error of a mean; unknown for fewer than two.
double standard_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  if (values.size() < 2) return kUnknown;
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (n - 1) / n);
}

TrajectoryPoint mean_over_networks(const Points& points) {
  if (points.size() == 1) return points.front();
  TrajectoryPoint out = centre(points);
  for (const auto& [value, error] : kErrors) {
    std::vector<double> finite;
    for (const auto& point : points) {
      if (std::isfinite(point.*value)) finite.push_back(point.*value);
    }
    out.*error = standard_error(finite);
  }
  return out;
}

/// What a network has in each window.
std::vector<std::optional<TrajectoryPoint>> in_windows(const Points& points,
                                                       const std::vector<int64_t>& steps,
                                                       const std::vector<size_t>& edges) {
  std::vector<std::optional<TrajectoryPoint>> out(edges.size() - 1);
  auto point = points.begin();
  for (size_t window = 0; window + 1 < edges.size(); ++window) {
    Points inside;
    for (size_t i = edges[window]; i < edges[window + 1]; ++i) {
      while (point != points.end() && point->step < steps[i]) ++point;
      if (point != points.end() && point->step == steps[i]) inside.push_back(*point);
    }
    if (!inside.empty()) out[window] = window_mean(inside);
  }
  return out;
}

Trajectory trajectory_of(int64_t number, const LayerRows& layer,
                         const std::vector<int64_t>& networks, int64_t most) {
  Trajectory out{number, layer.name, {}, std::vector<Points>(networks.size())};
  const auto steps = common_steps(layer);
  double epochs = 0;
  for (const auto& [network, points] : layer.networks) {
    epochs = std::max(epochs, points.back().epoch);
  }
  const auto edges = window_edges(steps.size(), most, epochs);
  std::vector<Points> windows(edges.size() - 1);
  for (size_t i = 0; i < networks.size(); ++i) {
    const auto found = layer.networks.find(networks[i]);
    if (found == layer.networks.end()) continue;
    const auto values = in_windows(found->second, steps, edges);
    for (size_t window = 0; window < values.size(); ++window) {
      if (!values[window]) continue;
      out.networks[i].push_back(*values[window]);
      windows[window].push_back(*values[window]);
    }
  }
  for (const auto& points : windows) out.mean.push_back(mean_over_networks(points));
  return out;
}

}  // namespace

std::vector<PlaneTrajectories> trajectories(const std::vector<PlaneRow>& rows, int64_t most,
                                            int64_t batches) {
  std::vector<PlaneTrajectories> out;
  for (auto& group : grouped(rows)) {
    PlaneTrajectories plane{group.row->evaluator,
                            group.row->on,
                            group.row->mode,
                            group.row->unit,
                            group.row->n,
                            {},
                            {}};
    for (auto& [number, layer] : group.layers) {
      for (auto& [network, points] : layer.networks) {
        sort_by_step(points);
        plane.networks.push_back(network);
      }
    }
    std::sort(plane.networks.begin(), plane.networks.end());
    plane.networks.erase(std::unique(plane.networks.begin(), plane.networks.end()),
                         plane.networks.end());
    set_epochs(group, batches);
    for (const auto& [number, layer] : group.layers) {
      plane.layers.push_back(trajectory_of(number, layer, plane.networks, most));
    }
    out.push_back(std::move(plane));
  }
  return out;
}

Turning turning(const Trajectory& trajectory) {
  const auto& mean = trajectory.mean;
  Turning out;
  bool known = false;
  for (size_t i = 0; i < mean.size(); ++i) {
    if (!std::isfinite(mean[i].complexity)) continue;
    if (!known) out.first = out.turn = i;
    known = true;
    out.last = i;
    if (mean[i].complexity > mean[out.turn].complexity) out.turn = i;
  }
  if (!known) {
    out.last = mean.empty() ? 0 : mean.size() - 1;
    return out;
  }

  out.fall = mean[out.turn].complexity - mean[out.last].complexity;
  std::vector<double> falls;
  for (const auto& points : trajectory.networks) {
    const auto at = [&](size_t i) {
      const auto found = std::lower_bound(
          points.begin(), points.end(), mean[i].step,
          [](const TrajectoryPoint& point, int64_t step) { return point.step < step; });
      return found != points.end() && found->step == mean[i].step ? found->complexity : kUnknown;
    };
    const double fall = at(out.turn) - at(out.last);
    if (std::isfinite(fall)) falls.push_back(fall);
  }
  out.fall_error = standard_error(falls);
  return out;
}

}  // namespace glow
