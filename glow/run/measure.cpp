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

// The ruler of `reference = run`, and what else wants to know it all, before any is measured.
Fits fit_to_run(const Estimator& estimator, const std::vector<std::string>& files) {
  Fits fits;
  if (!estimator.fits_whole_runs()) return fits;
  for (const auto& file : files) {
    check_stop();
    const SavedSegment saved = read_segment(file);
    estimator.fit(saved.segment, fits[saved.info.network]);
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
  std::vector<Fits> fits;
  for (const auto& estimator : estimators) fits.push_back(fit_to_run(*estimator, files));
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
