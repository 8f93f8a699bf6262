// Points of one dimension, sorted.
#pragma once

#include <cstdint>
#include <vector>

namespace glow {

class SortedLine {
 public:
  SortedLine(const double* values, int64_t n);

  /// As NeighbourTree's.
  void nearest(int64_t k, double* distances, int32_t* indices) const;
  void nearer(const double* radii, int32_t* counts) const;

 private:
  std::vector<double> values_;  // ascending
  std::vector<int32_t> row_;    // of each
};

}  // namespace glow
