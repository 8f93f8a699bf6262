// Cuts continuous values into cells: the ruler of binned estimators.
#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "glow/information/cell_codes.h"
#include "glow/information/symbols.h"

namespace glow {

/// The range of all columns of a variable (one element each), or of each of them.
struct ColumnRange {
  std::vector<double> low, high;
};

/// Numbers the cell of a value. Edges are compared exactly, in float64, as NumPy computes them;
/// what lies outside the range falls into the end cells.
class Ruler {
 public:
  static constexpr int64_t kMostCells = 1 << 20;

  /// `cells` equal cells over the range, the right end closed: numpy.histogram.
  static Ruler equal(const ColumnRange& range, int64_t cells);
  /// numpy.digitize against linspace(low, high, edges): edges − 1 cells, and the end point.
  static Ruler edges(const ColumnRange& range, int64_t edges);
  /// floor(value / width), over the whole line.
  static Ruler width(double width);
  /// The nearest of 2^bits equally spaced values from low to high.
  static Ruler levels(const ColumnRange& range, int64_t bits);
  /// The number of edges that are not above the value: of all columns (one sorted list), or of
  /// each.
  static Ruler at(std::vector<std::vector<double>> edges);

  /// The symbols of the rows of t (n, d), on the CPU, float32 or float64: rows in the same cells in
  /// all columns are one. `outside`, where given, gets the number of values out of range. O(n d).
  /// Throws ValueError on NaN or infinity, more than 2³² cells, or a ruler of other columns.
  Symbols symbols(const Tensor& t, const std::string& name, int64_t* outside = nullptr) const;

 private:
  enum class Kind { steps, width, table };

  // What makes an input useless, or the ruler look too short.
  struct Tally {
    int64_t outside = 0;  // values out of range
    bool finite = true;
    bool numbered = true;  // no value is too far out to have a cell
  };

  template <class T>
  Tally keys(const T* values, int64_t rows, int64_t columns, const RowHash& hash,
             uint64_t* keys) const;
  template <class T>
  bool code(const T* values, int64_t n, uint32_t* codes) const;
  template <class T>
  void look(const T* values, int64_t n, Tally& tally) const;
  void check_columns(int64_t columns, const std::string& name) const;
  // Of all columns, or of each.
  size_t rulers() const { return std::max(steps_.size(), table_.size()); }

  Kind kind_ = Kind::steps;
  double width_ = 1;
  std::vector<cell_codes::Steps> steps_;
  std::vector<std::vector<double>> table_;
};

/// Edges that give each of `cells` cells the same share of the values (sorted in place), as far as
/// ties allow.
std::vector<double> equal_mass_edges(std::vector<double>& values, int64_t cells);

}  // namespace glow
