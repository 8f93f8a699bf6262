// Figures of a run for papers and slides.
#pragma once

#include <string>
#include <vector>

#include "glow/report/drawing.h"
#include "glow/report/report_data.h"
#include "glow/report/view.h"

namespace glow::report {

inline constexpr double kMillimetre = 72 / 25.4;  // in points
inline constexpr double kPageWidth = 180 * kMillimetre, kColumnWidth = 85 * kMillimetre;

/// The plane and complexity against epochs: side by side on a page's width, one below the other
/// where it is narrower; a row a view, all on the same axes. Where complexity is not known,
/// generalization against epochs alone.
Drawing plane_figure(const std::vector<View>& rows, double width);

/// Writes `plane-<evaluator>-<on>.png`, `.svg`, `.pdf` for each plane, 180 mm wide, and the same 85
/// mm wide as `…-column.*`; and where an estimator was used in several settings, all of them below
/// each other as `settings-<evaluator>-<on>.*`. Makes the folder; gives the paths without their
/// endings. Throws Error.
std::vector<std::string> write_figures(const RunData& run, const std::string& folder);

/// The same of several runs below each other, `comparison-<evaluator>-<on>.*`.
std::vector<std::string> write_comparison(const std::vector<RunData>& runs,
                                          const std::string& folder);

/// `binned-edges-30` of `binned(edges=30)`: safe in every file name.
std::string slug(const std::string& text);

}  // namespace glow::report
