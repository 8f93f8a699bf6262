#include "glow/run/measure.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/stop.h"
#include "glow/dynamics/plane_file.h"
#include "glow/dynamics/snapshot.h"
#include "glow/run/experiment.h"
#include "glow/run/run_folder.h"
#include "glow/run/run_warnings.h"
#include "glow/run/toml.h"

namespace glow {
namespace {

using Fits = std::map<int64_t, Fit>;  // of each network

// What the ruler of `reference = run`, and others that want to know it all, are fitted to before
// any is measured: of each estimator. The files are read once for all of them.
std::vector<Fits> fit_to_run(const std::vector<EstimatorPtr>& estimators,
                             const std::vector<std::string>& files) {
  std::vector<Fits> fits(estimators.size());
  const auto wants = [](const EstimatorPtr& estimator) { return estimator->fits_whole_runs(); };
  if (std::none_of(estimators.begin(), estimators.end(), wants)) return fits;
  for (const auto& file : files) {
    check_stop();
    const SavedSegment saved = read_segment(file);
    for (size_t e = 0; e < estimators.size(); ++e) {
      if (wants(estimators[e])) estimators[e]->fit(saved.segment, fits[e][saved.info.network]);
    }
  }
  return fits;
}

// On stderr, and in run.json for the report.
void note_warnings(const RunFolder& folder, const std::vector<std::string>& lines) {
  RunRecord record = folder.read_record();
  for (const auto& line : lines) {
    print_warning(line);
    auto& known = record.warnings;
    if (std::find(known.begin(), known.end(), line) == known.end()) known.push_back(line);
  }
  if (std::filesystem::exists(folder.file("run.json"))) folder.write_record(record);
}

}  // namespace

std::vector<PlaneRow> measure_run(const std::string& path, const std::vector<std::string>& specs,
                                  const std::string& unit,
                                  const std::function<void(int64_t, int64_t)>& progress) {
  const RunFolder folder = RunFolder::open_to_write(path);
  const std::vector<std::string> files = list_segments(folder.file("segments"));
  if (files.empty()) {
    throw ValueError("{} has no saved segments: train with dynamics.save = true", path);
  }
  std::vector<EstimatorPtr> estimators;
  for (const auto& spec : specs) {
    const EstimatorPtr made = make_estimator(spec);
    const bool again = std::any_of(estimators.begin(), estimators.end(), [&](const auto& other) {
      return other->spec() == made->spec();
    });
    if (!again) estimators.push_back(made);
  }
  folder.read_record();  // a damaged one shows before anything is written
  const bool described = std::filesystem::exists(folder.file("experiment.toml"));
  const std::string wanted =
      !unit.empty() ? unit
      : described   ? parse_experiment(read_toml(folder.file("experiment.toml"))).dynamics.unit
                    : "nats";
  const Unit in = parse_unit(wanted);
  std::vector<Fits> fits = fit_to_run(estimators, files);
  std::vector<PlaneRow> rows;
  RunWarnings warnings;
  for (size_t f = 0; f < files.size(); ++f) {
    check_stop();
    const SavedSegment saved = read_segment(files[f]);
    for (size_t e = 0; e < estimators.size(); ++e) {
      const auto of_this =
          measure_snapshot(*estimators[e], saved, fits[e][saved.info.network], in,
                           [&](const Estimate& estimate, const std::string& layer) {
                             for (const auto& text : estimate.warnings) {
                               warnings.add(estimate.estimator, layer, text);
                             }
                           });
      rows.insert(rows.end(), of_this.begin(), of_this.end());
    }
    progress(static_cast<int64_t>(f) + 1, static_cast<int64_t>(files.size()));
  }
  replace_rows(folder.file("plane.csv"), rows);
  note_warnings(folder, warnings.lines());
  return rows;
}

}  // namespace glow
