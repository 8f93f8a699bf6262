// Reports of run folders.
#pragma once

#include <string>
#include <vector>

#include "glow/report/report_data.h"

namespace glow {

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
