#include "cli/outcome.h"

#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>

#include "glow/core/console.h"
#include "glow/core/stop.h"
#include "glow/run/run_report.h"

namespace glow::cli {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isnan(value) ? Json() : Json(value); }

Json point(const TrajectoryPoint& p) {
  return {{"epoch", p.epoch},
          {"step", p.step},
          {"complexity", number(p.complexity)},
          {"generalization", number(p.generalization)},
          {"complexity_error", number(p.complexity_error)},
          {"generalization_error", number(p.generalization_error)}};
}

Json planes(const report::RunData& run) {
  Json out = Json::array();
  for (const auto& plane : run.planes) {
    Json layers = Json::array();
    for (const auto& layer : plane.trajectories.layers) {
      if (layer.mean.empty()) continue;
      const Turning turn = turning(layer);
      layers.push_back({{"layer", layer.layer},
                        {"name", layer.name},
                        {"first", point(layer.mean[turn.first])},
                        {"turning", point(layer.mean[turn.turn])},
                        {"last", point(layer.mean[turn.last])}});
    }
    out.push_back({{"evaluator", plane.trajectories.evaluator},
                   {"on", plane.trajectories.on},
                   {"unit", to_string(plane.trajectories.unit)},
                   {"layers", layers}});
  }
  return out;
}

}  // namespace

int show(const RunOutcome& outcome, const Common& common) {
  const report::RunData run = read_run(outcome.folder);
  const std::string page = outcome.folder + "/report.html";
  Json history = Json::object();
  std::string last;
  for (const auto& curve : run.history) {
    if (curve.mean.empty()) continue;
    history[curve.name] = number(curve.mean.back());
    last += fmt::format("{}{} {:.4f}", last.empty() ? "" : ", ", curve.name, curve.mean.back());
  }
  if (common.json) {
    print(Json{{"folder", outcome.folder},
               {"status", run.status},
               {"seconds", outcome.seconds},
               {"history", history},
               {"planes", planes(run)},
               {"report", page}}
              .dump(2) +
          "\n");
  } else if (!common.quiet) {
    print(plane_table(run) + (last.empty() ? "" : "after the last epoch: " + last + "\n") + page +
          "\n");
  } else {
    print(page + "\n");
  }
  if (outcome.end != RunEnd::interrupted) return kDone;
  say("interrupted: what was measured so far is kept");
  return 128 + (stop_signal() > 0 ? stop_signal() : SIGINT);
}

}  // namespace glow::cli
