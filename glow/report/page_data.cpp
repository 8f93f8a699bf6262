#include "glow/report/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "glow/core/text.h"
#include "glow/report/palette.h"

namespace glow::report {
namespace {

using nlohmann::json;
using Points = std::vector<TrajectoryPoint>;

/// Six digits that count: enough for any screen, and half the size. Unknown becomes null.
json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  double out = 0;
  parse_number(fmt::format("{:.6g}", value), out);
  return out;
}

json rounded(const std::vector<double>& values) {
  json out = json::array();
  for (const double value : values) out.push_back(rounded(value));
  return out;
}

json column(const Points& points, double TrajectoryPoint::*member) {
  json out = json::array();
  for (const auto& point : points) out.push_back(rounded(point.*member));
  return out;
}

bool any_known(const Points& points, double TrajectoryPoint::*member) {
  return std::any_of(points.begin(), points.end(),
                     [&](const TrajectoryPoint& point) { return std::isfinite(point.*member); });
}

json way(const Points& points) {
  json out = {{"e", column(points, &TrajectoryPoint::epoch)},
              {"x", column(points, &TrajectoryPoint::complexity)},
              {"y", column(points, &TrajectoryPoint::generalization)}};
  const std::pair<const char*, double TrajectoryPoint::*> optional[] = {
      {"dx", &TrajectoryPoint::complexity_error},
      {"dy", &TrajectoryPoint::generalization_error},
      {"x0", &TrajectoryPoint::complexity_null},
      {"y0", &TrajectoryPoint::generalization_null}};
  for (const auto& [name, member] : optional) {
    if (any_known(points, member)) out[name] = column(points, member);
  }
  return out;
}

/// Epochs only where they differ from those of the mean.
json network_way(const Points& points, const Points& mean) {
  json out = {{"x", column(points, &TrajectoryPoint::complexity)},
              {"y", column(points, &TrajectoryPoint::generalization)}};
  const bool same = std::equal(
      points.begin(), points.end(), mean.begin(), mean.end(),
      [](const TrajectoryPoint& a, const TrajectoryPoint& b) { return a.epoch == b.epoch; });
  if (!same) out["e"] = column(points, &TrajectoryPoint::epoch);
  return out;
}

json epoch_axis(const Scale& epochs) {
  json ticks = json::array();
  for (const auto& tick : epochs.ticks(6)) {
    ticks.push_back({epochs.shown(tick.value), tick.label});
  }
  return {{"log", epochs.logarithmic()},
          {"range", {epochs.low(), epochs.high()}},
          {"ticks", std::move(ticks)}};
}

json limits(const std::vector<Limit>& all, const Scale& scale) {
  json out = json::array();
  for (const auto& limit : all) {
    if (limit.value < scale.low() || limit.value > scale.high()) continue;
    out.push_back({{"value", limit.value}, {"label", limit.label}});
  }
  return out;
}

json run_plane(const View& view, const PlaneScales& scales) {
  const auto& plane = view.plane->trajectories;
  const auto light = layer_colours(plane.layers.size());
  const auto dark = layer_colours(plane.layers.size(), true);
  json layers = json::array();
  for (size_t i = 0; i < plane.layers.size(); ++i) {
    const auto& layer = plane.layers[i];
    const auto turn = turning_mark(layer, scales);
    json networks = json::array();
    // One network is the mean.
    if (plane.networks.size() > 1) {
      for (const auto& points : layer.networks) networks.push_back(network_way(points, layer.mean));
    }
    layers.push_back({{"name", layer.name},
                      {"label", layer_label(view, i)},
                      {"light", hex(light[i])},
                      {"dark", hex(dark[i])},
                      {"turn", turn ? json(*turn) : json(nullptr)},
                      {"mean", way(layer.mean)},
                      {"networks", std::move(networks)}});
  }
  return {{"networks", plane.networks.size() > 1 ? json(plane.networks) : json::array()},
          {"limits",
           {{"x", limits(view.plane->complexity_limits, scales.complexity)},
            {"y", limits(view.plane->generalization_limits, scales.generalization)}}},
          {"layers", std::move(layers)}};
}

json plane_group(const std::vector<View>& views) {
  const PlaneScales scales = plane_scales(views);
  const auto range = [](const Scale& scale) { return json{scale.low(), scale.high()}; };
  std::set<double> times;
  json runs = json::array();
  for (const auto& view : views) {
    for (const auto& layer : view.plane->trajectories.layers) {
      for (const auto& point : layer.mean) times.insert(point.epoch);
    }
    runs.push_back(run_plane(view, scales));
  }
  // Rounded upwards, or a snapshot would come after its own time.
  json rounded_times = json::array();
  for (const double time : times) rounded_times.push_back(rounded(time * (1 + 1e-5)));
  if (times.empty()) rounded_times.push_back(0);
  const auto& plane = *views[0].plane;
  const Unit unit = plane.trajectories.unit;
  return {
      {"plane", !lacks_complexity(plane.trajectories)},
      {"complexity",
       {{"label", axis_label(plane.complexity_label, unit)}, {"range", range(scales.complexity)}}},
      {"generalization",
       {{"label", axis_label(plane.generalization_label, unit)},
        {"range", range(scales.generalization)}}},
      {"complexityCurve", {{"range", range(scales.complexity_curve)}}},
      {"generalizationCurve", {{"range", range(scales.generalization_curve)}}},
      {"epochs", epoch_axis(scales.epochs)},
      {"times", std::move(rounded_times)},
      {"runs", std::move(runs)}};
}

/// Of all runs, so that their plots have the same axes.
struct HistoryScales {
  Scale values, epochs;
};

HistoryScales history_scales(const std::vector<RunData>& runs, const HistoryGroup& group) {
  double low = INFINITY, high = -INFINITY, first = INFINITY, last = 0;
  for (const auto& run : runs) {
    for (const auto& curve : run.history) {
      if (std::find(group.names.begin(), group.names.end(), curve.name) == group.names.end()) {
        continue;
      }
      for (size_t i = 0; i < curve.epoch.size(); ++i) {
        if (!std::isfinite(curve.mean[i])) continue;
        low = std::min(low, curve.mean[i]);
        high = std::max(high, curve.mean[i]);
        first = std::min(first, curve.epoch[i]);
        last = std::max(last, curve.epoch[i]);
      }
    }
  }
  if (low > high) return {Scale::linear(0, 1), Scale::epochs(1, 1, false)};
  if (low > 0 && low < 0.35 * high) low = 0;
  return {Scale::linear(low, high), Scale::epochs(first, last, first <= 0)};
}

json history_plot(const std::vector<RunData>& runs, const HistoryGroup& group, size_t run,
                  const std::string& id) {
  const HistoryScales scales = history_scales(runs, group);
  json curves = json::array();
  for (const auto& curve : runs[run].history) {
    if (std::find(group.names.begin(), group.names.end(), curve.name) == group.names.end()) {
      continue;
    }
    curves.push_back({{"name", curve.name},
                      {"e", rounded(curve.epoch)},
                      {"y", rounded(curve.mean)},
                      {"dy", rounded(curve.error)}});
  }
  return {{"id", id},
          {"title", group.title},
          {"range", {scales.values.low(), scales.values.high()}},
          {"epochs", epoch_axis(scales.epochs)},
          {"curves", std::move(curves)}};
}

json colour_scale(double from) {
  json out = json::array();
  constexpr int kStops = 20;
  for (int i = 0; i <= kStops; ++i) {
    const double t = 1.0 * i / kStops;
    out.push_back({t, hex(viridis(from + (1 - from) * t))});
  }
  return out;
}

}  // namespace

std::vector<HistoryGroup> history_groups(const std::vector<RunData>& runs) {
  std::vector<HistoryGroup> groups;
  for (const auto& run : runs) {
    for (const auto& curve : run.history) {
      if (curve.name == "seconds") continue;
      const std::string title =
          curve.name.rfind("val_", 0) == 0 ? curve.name.substr(4) : curve.name;
      auto group = std::find_if(groups.begin(), groups.end(),
                                [&](const HistoryGroup& one) { return one.title == title; });
      if (group == groups.end()) group = groups.insert(groups.end(), {title, {}});
      if (std::find(group->names.begin(), group->names.end(), curve.name) == group->names.end()) {
        group->names.push_back(curve.name);
      }
    }
  }
  return groups;
}

std::string page_data(const std::vector<RunData>& runs,
                      const std::vector<std::vector<View>>& planes) {
  json groups = json::array(), history = json::array();
  for (const auto& views : planes) groups.push_back(plane_group(views));
  const auto names = history_groups(runs);
  for (size_t group = 0; group < names.size(); ++group) {
    for (size_t run = 0; run < runs.size(); ++run) {
      history.push_back(
          history_plot(runs, names[group], run, fmt::format("history-{}-{}", group, run)));
    }
  }
  // The dark end of viridis would not be seen on a dark page.
  const json data = {{"planes", std::move(groups)},
                     {"history", std::move(history)},
                     {"time", {{"light", colour_scale(0)}, {"dark", colour_scale(0.25)}}}};
  std::string text = data.dump(-1, ' ', false, json::error_handler_t::replace);
  for (size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    text.replace(at, 1, "\\u003c");
  }
  return text;
}

}  // namespace glow::report
