// Reports of run folders.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "glow/dynamics/plane.h"
#include "glow/report/report_data.h"

namespace glow {

/// The planes in rows of plane.csv, ready to be shown: one an evaluator and place. `batches` is the
/// number of updates in an epoch, 0 when not known; `limits`, in nats, are those of run.json. An
/// evaluator may be a program's own, in no registry.
std::vector<report::PlaneData> planes_of(const std::vector<PlaneRow>& rows, int64_t batches = 0,
                                         const std::map<std::string, double>& limits = {});

/// The papers behind these planes' estimators, BibTeX, each once.
std::vector<std::string> citations_of(const std::vector<report::PlaneData>& planes);

/// What a run folder has so far, finished or not. Throws ValueError when it is none, DataError when
/// a file in it is damaged.
report::RunData read_run(const std::string& folder);

/// Writes report.html and the figures of a run into its folder.
void write_run_report(const std::string& folder);

/// One page with several runs side by side.
void write_comparison(const std::vector<std::string>& folders, const std::string& out);

/// The plane of a run as a table for a terminal: first, turning and last point of each layer.
std::string plane_table(const report::RunData& run);

}  // namespace glow
