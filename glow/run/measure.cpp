#include "glow/run/measure.h"

#include <map>
#include <set>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/stop.h"
#include "glow/dynamics/plane_file.h"
#include "glow/dynamics/snapshot.h"
#include "glow/run/experiment.h"
#include "glow/run/run_folder.h"
#include "glow/run/toml.h"

namespace glow {
namespace {

using Fits = std::map<int64_t, Fit>;  // of each network

// With reference = run the ruler is fitted to all snapshots of a network before any is measured.
Fits fit_to_run(const Estimator& estimator, const std::vector<std::string>& files) {
  Fits fits;
  if (estimator.reference() != Reference::run) return fits;
  for (const auto& file : files) {
    check_stop();
    const SavedSegment saved = read_segment(file);
    estimator.fit(saved.segment, fits[saved.info.network]);
  }
  return fits;
}

}  // namespace

std::vector<PlaneRow> measure_run(const std::string& path, const std::vector<std::string>& specs,
                                  const std::string& unit,
                                  const std::function<void(int64_t, int64_t)>& progress) {
  const RunFolder folder = RunFolder::open(path);
  const std::vector<std::string> files = list_segments(folder.file("segments"));
  if (files.empty()) {
    throw ValueError("{} has no saved segments: train with dynamics.save = true", path);
  }
  std::vector<EstimatorPtr> estimators;
  for (const auto& spec : specs) estimators.push_back(make_estimator(spec));
  const std::string wanted =
      unit.empty() ? parse_experiment(read_toml(folder.file("experiment.toml"))).dynamics.unit
                   : unit;
  const Unit in = parse_unit(wanted);
  std::vector<Fits> fits;
  for (const auto& estimator : estimators) fits.push_back(fit_to_run(*estimator, files));
  std::vector<PlaneRow> rows;
  std::set<std::string> said;
  for (size_t f = 0; f < files.size(); ++f) {
    check_stop();
    const SavedSegment saved = read_segment(files[f]);
    for (size_t e = 0; e < estimators.size(); ++e) {
      const auto of_this = measure_snapshot(
          *estimators[e], saved, fits[e][saved.info.network], in,
          [&](const Estimate& estimate, const std::string& layer) {
            for (const auto& text : estimate.warnings) {
              if (said.insert(estimate.estimator + layer + text.substr(0, 20)).second) {
                warn(fmt::format("{} of {}: {}", estimate.estimator, layer, text));
              }
            }
          });
      rows.insert(rows.end(), of_this.begin(), of_this.end());
    }
    progress(static_cast<int64_t>(f) + 1, static_cast<int64_t>(files.size()));
  }
  replace_rows(folder.file("plane.csv"), rows);
  return rows;
}

}  // namespace glow
