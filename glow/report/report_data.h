// What a report shows, as plain data: figures and page are drawn from this and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "glow/dynamics/trajectory.h"

namespace glow::report {

/// A limit that theory gives, drawn thin and named: H(X) = 12 bits.
struct Limit {
  std::string label;
  double value = 0;
};

struct PlaneData {
  PlaneTrajectories trajectories;
  std::string complexity_label, generalization_label;  // I(X;T), I(T;Y)
  std::string caption;  // n, the bars, what is assumed, in one line; not the estimator
  std::vector<Limit> complexity_limits, generalization_limits;
};

/// One column of history.csv over the epochs: mean and standard error over networks.
struct HistoryCurve {
  std::string name;  // loss, val_loss, accuracy, …
  std::vector<double> epoch, mean, error;
};

struct LayerInfo {
  std::string name;    // as in the plane, empty for layers without parameters
  std::string type;    // Dense
  std::string output;  // (10)
  int64_t parameters = 0;
  bool on_plane = false;
};

struct RunData {
  std::string name;
  std::string folder;
  std::string status;  // running, finished, failed, interrupted
  std::vector<PlaneData> planes;
  std::vector<HistoryCurve> history;
  std::vector<LayerInfo> layers;
  std::string experiment;  // the resolved TOML text
  std::vector<std::string> warnings;
  std::vector<std::pair<std::string, std::string>> facts;  // glow 0.1.0, torch, seed, checksums, …
  std::string command;                                     // how to run it again
  std::vector<std::string> citations;                      // of the estimators, BibTeX
};

struct ReportData {
  std::vector<RunData> runs;
};

}  // namespace glow::report
