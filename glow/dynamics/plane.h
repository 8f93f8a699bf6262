// Rows of the information plane: plane.csv, one row a layer, evaluator and snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "glow/information/estimate.h"

namespace glow {

struct PlaneRow {
  int64_t network = 1;
  int64_t epoch =
      0;             // being trained, from 1, for batches; completed, 0 before training, for probes
  int64_t step = 0;  // optimizer updates made when the activations were computed
  std::string on;    // batch; of a probe: train, validation, test, all, or probe
  std::string mode;  // train, eval
  std::string evaluator;
  int64_t layer = 1;  // from 1, over the layers with parameters
  std::string name;   // dense_1
  double complexity = kUnknown, generalization = kUnknown;
  double complexity_error = kUnknown, generalization_error = kUnknown;
  double complexity_null = kUnknown, generalization_null = kUnknown;
  Unit unit = Unit::nats;
  int64_t n = 0;
};

/// The header line of plane.csv, without a line break.
const std::string& plane_header();

/// One line of plane.csv, without a line break; what is not known is empty.
std::string to_csv(const PlaneRow& row);

/// Reads plane.csv; further columns are allowed. A last line without a line break is of a run still
/// writing: it is left out. Throws DataError with the line.
std::vector<PlaneRow> read_plane(const std::string& path);

}  // namespace glow
