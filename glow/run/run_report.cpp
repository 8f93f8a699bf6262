#include "glow/run/run_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/dynamics/plane.h"
#include "glow/information/citations.h"
#include "glow/information/estimator.h"
#include "glow/io/atomic_file.h"
#include "glow/io/csv.h"
#include "glow/io/input_file.h"
#include "glow/report/figures.h"
#include "glow/report/page.h"
#include "glow/run/run_folder.h"

namespace glow {
namespace {

using report::HistoryCurve;
using report::PlaneData;
using report::RunData;

// Mean and standard error over networks of every column, epoch by epoch.
std::vector<HistoryCurve> history_curves(const std::string& path) {
  std::string text = io::read_file(path);
  text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
  if (text.empty()) return {};
  const io::CsvTable table = io::parse_csv(text, path);
  const size_t epoch_column = io::column(table, "epoch");
  std::vector<HistoryCurve> curves;
  for (size_t c = 0; c < table.header.size(); ++c) {
    const std::string& name = table.header[c];
    if (name == "network" || name == "epoch" || name == "seconds") continue;
    std::map<int64_t, std::vector<double>> values;
    for (const auto& row : table.rows) {
      int64_t epoch = 0;
      double value = 0;
      if (parse_number(row[epoch_column], epoch) && parse_number(row[c], value)) {
        values[epoch].push_back(value);
      }
    }
    HistoryCurve curve{name, {}, {}, {}};
    for (const auto& [epoch, of_networks] : values) {
      const auto n = static_cast<double>(of_networks.size());
      double mean = 0, square = 0;
      for (const double v : of_networks) mean += v / n;
      for (const double v : of_networks) square += (v - mean) * (v - mean);
      curve.epoch.push_back(static_cast<double>(epoch));
      curve.mean.push_back(mean);
      curve.error.push_back(n > 1 ? std::sqrt(square / (n - 1) / n) : kUnknown);
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::vector<report::Limit> limits_of(const std::map<std::string, double>& limits, const char* name,
                                     Unit unit) {
  const auto it = limits.find(name);
  if (it == limits.end() || unit == Unit::none) return {};
  const double value = it->second * unit_factor(Unit::nats, unit);
  return {{fmt::format("{} = {:.4g} {}", name, value, to_string(unit)), value}};
}

std::string caption(const PlaneTrajectories& plane) {
  const std::string networks =
      plane.networks.size() > 1
          ? fmt::format("Mean of {} networks, bars and bands: one standard error",
                        plane.networks.size())
          : "One network";
  const std::string place =
      plane.on == "batch"
          ? fmt::format("the training batch (n = {}), {}", plane.n,
                        plane.mode == "eval" ? "in evaluation mode" : "as it trained")
          : fmt::format("n = {} examples ({}), in evaluation mode", with_thousands(plane.n),
                        plane.on);
  return networks + "; " + place;
}

// Without bias the mean under permutation is 0: there is nothing to hold the values against.
void drop_zero_nulls(PlaneTrajectories& plane) {
  const auto each = [&](auto change) {
    for (auto& layer : plane.layers) {
      for (auto& point : layer.mean) change(point);
      for (auto& network : layer.networks) {
        for (auto& point : network) change(point);
      }
    }
  };
  const auto shown = [](double null) { return std::isfinite(null) && null != 0; };
  bool any = false;
  each([&](TrajectoryPoint& p) {
    any = any || shown(p.complexity_null) || shown(p.generalization_null);
  });
  if (any) return;
  each([](TrajectoryPoint& p) { p.complexity_null = p.generalization_null = kUnknown; });
}

std::vector<std::pair<std::string, std::string>> facts(const RunRecord& record) {
  std::vector<std::pair<std::string, std::string>> out{
      {"status", record.status + (record.error.empty() ? "" : ": " + record.error)},
      {"glow", record.glow_version},
      {"torch", record.torch_version},
      {"seed", std::to_string(record.seed)},
      {"networks", std::to_string(record.networks)},
      {"parameters", with_thousands(record.parameters)},
      {"device", fmt::format("{}, {} thread{}", record.device, record.threads,
                             record.threads == 1 ? "" : "s")},
      {"started", record.started},
      {"ended", record.ended},
      {"seconds", fmt::format("{:.1f}", record.seconds)}};
  for (const auto& [file, checksum] : record.data) out.emplace_back(file, checksum);
  return out;
}

// A program's own criterion is in no registry.
AxisNames axes_of(const std::string& spec) {
  try {
    return make_estimator(spec)->axes();
  } catch (const ValueError&) {
    return {"D(T,X)", "D(T,Y)"};
  }
}

}  // namespace

std::vector<PlaneData> planes_of(const std::vector<PlaneRow>& rows, int64_t batches,
                                 const std::map<std::string, double>& limits) {
  std::vector<PlaneData> out;
  for (auto& plane : trajectories(rows, 400, batches)) {
    const AxisNames axes = axes_of(plane.evaluator);
    PlaneData data;
    data.complexity_label = axes.complexity;
    data.generalization_label = axes.generalization;
    data.caption = caption(plane);
    data.complexity_limits = limits_of(limits, "H(X)", plane.unit);
    data.generalization_limits = limits_of(limits, "I(X;Y)", plane.unit);
    drop_zero_nulls(plane);
    data.trajectories = std::move(plane);
    out.push_back(std::move(data));
  }
  return out;
}

std::vector<std::string> citations_of(const std::vector<PlaneData>& planes) {
  std::vector<std::string> out;
  for (const auto& plane : planes) {
    const std::string paper = citation(plane.trajectories.evaluator);
    if (!paper.empty() && std::find(out.begin(), out.end(), paper) == out.end()) {
      out.push_back(paper);
    }
  }
  return out;
}

RunData read_run(const std::string& path) {
  const RunFolder folder = RunFolder::open(path);
  const RunRecord record = folder.read_record();
  RunData run;
  run.name = record.name;
  run.folder = path;
  run.status = record.status;
  run.warnings = record.warnings;
  run.facts = facts(record);
  if (std::filesystem::exists(folder.file("experiment.toml"))) {
    run.command = "glow train '" + path + "/experiment.toml' --out '" + path + "-again'";
    run.experiment = io::read_file(folder.file("experiment.toml"));
  }
  for (const auto& layer : record.layers) {
    run.layers.push_back({layer.has_parameters ? layer.name : "", layer.type, layer.output,
                          layer.parameters, layer.has_parameters});
  }
  if (std::filesystem::exists(folder.file("history.csv"))) {
    run.history = history_curves(folder.file("history.csv"));
  }
  if (!std::filesystem::exists(folder.file("plane.csv"))) return run;
  const auto rows = read_plane(folder.file("plane.csv"));
  run.planes = planes_of(rows, record.batches, record.limits);
  run.citations = citations_of(run.planes);
  return run;
}

void write_run_report(const std::string& folder) {
  const RunData run = read_run(folder);
  report::write_figures(run, folder + "/figures");
  io::write_atomic(folder + "/report.html", report::html_page({{run}}));
}

void write_comparison(const std::vector<std::string>& folders, const std::string& out) {
  report::ReportData data;
  for (const auto& folder : folders) data.runs.push_back(read_run(folder));
  io::write_atomic(out, report::html_page(data));
}

namespace {

std::string complexity_text(const TrajectoryPoint& p) {
  if (std::isnan(p.complexity)) return "–";
  if (std::isfinite(p.complexity_null)) {
    return fmt::format("{} (null {})", report::pretty_number(p.complexity, 3),
                       report::pretty_number(p.complexity_null, 3));
  }
  return report::pretty_number_with_error(p.complexity, p.complexity_error);
}

std::string generalization_text(const TrajectoryPoint& p) {
  return std::isnan(p.generalization) ? "–" : report::pretty_number(p.generalization, 3);
}

}  // namespace

std::string plane_table(const RunData& run) {
  using Cells = std::array<std::string, 10>;  // the layer, and epoch and coordinates three times
  std::string out;
  for (const auto& plane : run.planes) {
    const PlaneTrajectories& of = plane.trajectories;
    const std::string unit = of.unit == Unit::none ? "" : ", " + to_string(of.unit);
    out +=
        fmt::format("{}, {}{}{}\n", of.evaluator, of.on == "batch" ? "training batch" : of.on, unit,
                    of.networks.size() > 1
                        ? fmt::format(", mean ± standard error of {} networks", of.networks.size())
                        : "");
    std::vector<Cells> rows(1);
    rows[0][0] = "layer";
    for (size_t c = 1; c < rows[0].size(); c += 3) {
      rows[0][c] = "epoch";
      rows[0][c + 1] = plane.complexity_label;
      rows[0][c + 2] = plane.generalization_label;
    }
    for (const auto& layer : of.layers) {
      Cells& row = rows.emplace_back();
      row[0] = layer.name;
      const Turning turn = turning(layer);
      size_t c = 1;
      for (const size_t i : {turn.first, turn.turn, turn.last}) {
        if (i >= layer.mean.size()) continue;
        const TrajectoryPoint& p = layer.mean[i];
        row[c++] = fmt::format("{:.4g}", p.epoch);
        row[c++] = complexity_text(p);
        row[c++] = generalization_text(p);
      }
    }
    std::array<size_t, 10> width{};
    for (const auto& row : rows) {
      for (size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], columns_of(row[c]));
    }
    out += fmt::format("{:<{}}", "", width[0]);
    for (size_t c = 1; c < width.size(); c += 3) {
      const char* point = c == 1 ? "first" : c == 4 ? "turning" : "last";
      out += fmt::format("  {:^{}}", point, width[c] + width[c + 1] + width[c + 2] + 4);
    }
    out += "\n";
    for (const auto& row : rows) {
      out += fmt::format("{:<{}}", row[0], width[0]);
      for (size_t c = 1; c < row.size(); ++c) out += fmt::format("  {:>{}}", row[c], width[c]);
      out += "\n";
    }
    out += "\n";
  }
  return out;
}

}  // namespace glow
