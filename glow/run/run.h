// Runs an experiment into its folder.
#pragma once

#include <string>

#include "glow/run/experiment.h"

namespace glow {

struct RunOptions {
  std::string out = {};      // the run folder; runs/NAME when empty
  bool force = false;        // replace a finished run
  std::string command = {};  // as the user typed it, for run.json
};

enum class RunEnd { finished, interrupted };

struct RunOutcome {
  std::string folder;
  RunEnd end = RunEnd::finished;
  double seconds = 0;
};

/// Trains the networks of the experiment and writes the whole run folder, the report too. Networks
/// that are too small for two threads train side by side, one a core, larger ones one after the
/// other with all threads: how a network is computed does not depend on how many there are. A
/// raised stop flag ends it after the batch, with status `interrupted`. Throws Error when it fails;
/// the folder then says so and keeps what was measured.
RunOutcome run(const Experiment& experiment, const RunOptions& options = {});

}  // namespace glow
