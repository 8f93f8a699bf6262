// The HTML page of one run, or of several side by side.
#pragma once

#include <string>

#include "glow/report/report_data.h"

namespace glow::report {

/// One self-contained file that opens without a network: styles, numbers and the plotting library
/// are inside. Whatever text the runs hold (names, settings, warnings) is shown as text.
std::string html_page(const ReportData& data);

}  // namespace glow::report
