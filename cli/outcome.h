// What a run says when it is over.
#pragma once

#include "cli/command.h"
#include "glow/run/run.h"

namespace glow::cli {

/// Prints the table of the plane and where the report is; gives the exit code.
int show(const RunOutcome& outcome, const Common& common);

}  // namespace glow::cli
