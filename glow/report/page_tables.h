// The parts of the page that are tables and lists; each gives HTML, empty where there is nothing.
#pragma once

#include <string>

#include "glow/report/report_data.h"

namespace glow::report {

/// What each of several planes says, by estimator and setting; nothing for a single one.
std::string finding_table(const RunData& run);
/// Of each plane: where each layer began, turned and ended, how far it fell, its null and warnings.
std::string layer_tables(const RunData& run);
/// Warnings; those that name a layer stand with it in the layer tables as well.
std::string warning_list(const RunData& run);
/// Layer, type, output, parameters, and their sum.
std::string model_table(const RunData& run);
std::string fact_list(const RunData& run);
std::string preformatted(const std::string& text);

/// "the training batches", "the test data": where a plane was measured, of `on`.
std::string place_words(const std::string& on);

}  // namespace glow::report
