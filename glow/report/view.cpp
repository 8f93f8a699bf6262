#include "glow/report/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "glow/core/error.h"
#include "glow/core/spec.h"
#include "glow/core/text.h"

namespace glow::report {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

/// Of one coordinate: its values and what stands around them.
struct CoordinateRange {
  Range values, limits;
  bool null = false;

  void take(const TrajectoryPoint& point, const Coordinate& of) {
    values.take(point.*of.value);
    values.take(point.*of.null_mean);
    null = null || std::isfinite(point.*of.null_mean);
    if (!std::isfinite(point.*of.error)) return;
    values.take(point.*of.value - point.*of.error);
    values.take(point.*of.value + point.*of.error);
  }

  /// Zero belongs to the picture when it is near, or when a null says how much of it all is
  /// nothing.
  Scale scale(bool from_zero) const {
    Range range = values;
    if (range.empty()) return Scale::linear(0, 1);
    // A limit far beyond all values would push them into a corner.
    if (!limits.empty() &&
        limits.high <= range.high + 0.5 * (range.high - std::min(0.0, range.low))) {
      range.take(limits.high);
    }
    if (range.low >= 0 && (from_zero || range.low < 0.35 * range.high)) range.take(0);
    return Scale::linear(range.low, range.high);
  }
};

std::string cells_text(const Table& options) {
  const auto number = [&](const char* key, double& value) {
    const Value* found = find(options, key);
    if (!found) return false;
    if (const auto* whole = std::get_if<int64_t>(&found->data)) value = static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&found->data)) value = *real;
    return value > 0;
  };
  double value = 0;
  if (number("width", value)) return "cells of " + number_text(value);
  if (number("edges", value)) return number_text(value - 1) + " cells";
  if (number("bins", value)) return number_text(value) + " cells";
  return "30 cells";
}

/// On the same axes: one without a plane has others.
bool same_axes(const PlaneData& a, const PlaneData& b) {
  return a.trajectories.unit == b.trajectories.unit &&
         lacks_complexity(a.trajectories) == lacks_complexity(b.trajectories);
}

bool same_view(const PlaneData& a, const PlaneData& b) {
  return a.trajectories.evaluator == b.trajectories.evaluator &&
         a.trajectories.on == b.trajectories.on && same_axes(a, b);
}

bool any_known(const PlaneTrajectories& plane, double TrajectoryPoint::*member) {
  for (const auto& layer : plane.layers) {
    for (const auto& point : layer.mean) {
      if (std::isfinite(point.*member)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<double> values(const std::vector<TrajectoryPoint>& points,
                           double TrajectoryPoint::*member) {
  std::vector<double> out;
  for (const auto& point : points) out.push_back(point.*member);
  return out;
}

PlaneScales plane_scales(const std::vector<View>& views) {
  CoordinateRange complexity, generalization;
  Range epochs, positive;
  for (const auto& [run, plane] : views) {
    for (const auto& layer : plane->trajectories.layers) {
      for (const auto& point : layer.mean) {
        complexity.take(point, kComplexity);
        generalization.take(point, kGeneralization);
        epochs.take(point.epoch);
        if (point.epoch > 0) positive.take(point.epoch);
      }
    }
    for (const auto& limit : plane->complexity_limits) complexity.limits.take(limit.value);
    for (const auto& limit : plane->generalization_limits) generalization.limits.take(limit.value);
  }
  if (epochs.empty()) epochs.take(0);
  if (positive.empty()) positive.take(0);
  return {complexity.scale(false), generalization.scale(false), complexity.scale(complexity.null),
          generalization.scale(generalization.null),
          Scale::epochs(positive.low, epochs.high, epochs.low <= 0)};
}

std::optional<size_t> turning_mark(const Trajectory& layer, const PlaneScales& scales) {
  constexpr double kApart = 0.04;  // of the length of an axis: about the size of a mark
  const Turning marks = turning(layer);
  if (!std::isfinite(marks.fall)) return {};
  const TrajectoryPoint& turn = layer.mean[marks.turn];
  for (const size_t end : {marks.first, marks.last}) {
    const TrajectoryPoint& point = layer.mean[end];
    const double across =
        scales.complexity.at(turn.complexity) - scales.complexity.at(point.complexity);
    const double along = scales.generalization.at(turn.generalization) -
                         scales.generalization.at(point.generalization);
    if (std::hypot(across, along) < kApart) return {};
  }
  return marks.turn;
}

bool any_turn(const std::vector<View>& views, const PlaneScales& scales) {
  return std::any_of(views.begin(), views.end(), [&](const View& view) {
    const auto& layers = view.plane->trajectories.layers;
    return std::any_of(layers.begin(), layers.end(), [&](const Trajectory& layer) {
      return turning_mark(layer, scales).has_value();
    });
  });
}

std::vector<std::vector<View>> matching_planes(const std::vector<RunData>& runs) {
  std::set<const PlaneData*> taken;
  // The plane of `run` that belongs beside plane `i` of `first`, if any.
  const auto partner = [&](const RunData& run, const RunData& first, size_t i) {
    const auto same = std::find_if(run.planes.begin(), run.planes.end(), [&](const auto& plane) {
      return same_view(plane, first.planes[i]) && !taken.count(&plane);
    });
    if (same != run.planes.end()) return &*same;
    const PlaneData* at = i < run.planes.size() ? &run.planes[i] : nullptr;
    const bool promised =
        at && std::any_of(first.planes.begin(), first.planes.end(),
                          [&](const auto& plane) { return same_view(*at, plane); });
    const bool fits = at && same_axes(*at, first.planes[i]) && !taken.count(at);
    return fits && !promised ? at : nullptr;
  };
  std::vector<std::vector<View>> out;
  for (size_t r = 0; r < runs.size(); ++r) {
    for (size_t i = 0; i < runs[r].planes.size(); ++i) {
      if (!taken.insert(&runs[r].planes[i]).second) continue;
      out.push_back({{&runs[r], &runs[r].planes[i]}});
      for (size_t other = r + 1; other < runs.size(); ++other) {
        if (const PlaneData* plane = partner(runs[other], runs[r], i)) {
          taken.insert(plane);
          out.back().push_back({&runs[other], plane});
        }
      }
    }
  }
  return out;
}

std::vector<std::vector<View>> planes_by_settings(const RunData& run) {
  const auto key = [](const PlaneTrajectories& plane) {
    return std::tuple(plane.evaluator.substr(0, plane.evaluator.find('(')), plane.on, plane.unit,
                      lacks_complexity(plane));
  };
  std::vector<std::vector<View>> out;
  for (const auto& plane : run.planes) {
    const auto group = std::find_if(out.begin(), out.end(), [&](const auto& views) {
      return key(views[0].plane->trajectories) == key(plane.trajectories);
    });
    if (group == out.end()) {
      out.push_back({{&run, &plane}});
    } else {
      group->push_back({&run, &plane});
    }
  }
  std::erase_if(out, [](const auto& views) { return views.size() < 2; });
  return out;
}

bool has_null(const PlaneTrajectories& plane) {
  return any_known(plane, kComplexity.null_mean) || any_known(plane, kGeneralization.null_mean);
}

bool lacks_complexity(const PlaneTrajectories& plane) {
  return !any_known(plane, kComplexity.value) && any_known(plane, kGeneralization.value);
}

std::string layer_label(const View& view, size_t layer) {
  const auto& layers = view.plane->trajectories.layers;
  const std::string& name = layers[layer].name;
  std::vector<std::string> notes;
  for (const auto& info : view.run->layers) {
    if (info.name != name || info.output.empty()) continue;
    std::string size(trim(info.output));
    if (size.size() > 2 && size.front() == '(' && size.back() == ')') {
      size = size.substr(1, size.size() - 2);
    }
    std::vector<std::string> sides;
    for (const auto& side : split(size, ',')) {
      if (!trim(side).empty()) sides.emplace_back(trim(side));
    }
    notes.push_back(join(sides, "×"));
    break;
  }
  if (layer + 1 == layers.size() && layers.size() > 1) notes.emplace_back("output");
  return notes.empty() ? name : name + " (" + join(notes, ", ") + ")";
}

std::string axis_label(const std::string& quantity, Unit unit) {
  return unit == Unit::none ? quantity : quantity + " [" + to_string(unit) + "]";
}

std::string estimator_words(const std::string& spec) {
  try {
    const Spec parsed = parse_spec(spec);
    return parsed.name == "binned" ? "binned, " + cells_text(parsed.options) : spec;
  } catch (const ValueError&) {
    return spec;  // a user's own evaluator is called what it likes
  }
}

std::string caption_of(const PlaneData& plane) {
  if (!plane.caption.empty()) return plane.caption;
  const auto& data = plane.trajectories;
  std::vector<std::string> parts;
  if (data.networks.size() > 1) {
    parts.push_back(fmt::format("Mean of {} networks, bars and bands: one standard error",
                                data.networks.size()));
  } else {
    parts.emplace_back("One network");
  }
  parts.push_back(fmt::format("n = {}", data.n));
  return join(parts, "; ");
}

std::string epoch_text(double epoch) {
  return epoch >= 10 || epoch == std::trunc(epoch) ? fmt::format("{:.0f}", epoch)
                                                   : pretty_number(epoch, 2);
}

}  // namespace glow::report
