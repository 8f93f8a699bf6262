// Where the names go, so that no two of them touch and none hides a curve.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "glow/report/drawing.h"

namespace glow::report {

/// One place that a label may take.
struct Candidate {
  Box box;
  Point anchor;      // what it names
  double cost = 0;   // of this place as such, in points of distance
  bool led = false;  // a line joins it to its anchor
};

/// Places around the anchor, near to far, of a text of this size: beside it where none of `others`
/// could be meant, else at the end of a leader line.
std::vector<Candidate> around(const Point& anchor, const std::vector<Point>& others, double width,
                              double height, const Box& bounds);

/// One candidate a label, none for a label without a free place.
struct Placement {
  std::vector<std::optional<size_t>> chosen;
  double cost = 0;
};

/// For each label the cheapest by its own cost and by what of `ink` (points on curves) it hides;
/// never one that overlaps another label's.
Placement place_labels(const std::vector<std::vector<Candidate>>& labels,
                       const std::vector<Point>& ink, const Box& bounds);

/// From the anchor to the nearest side of the box; empty where they are beside each other.
std::vector<Point> leader(const Candidate& candidate);

/// Heights as near as possible to the wanted ones, in their order, at least `gap` apart and within
/// [low, high] as long as they fit there.
std::vector<double> spread(const std::vector<double>& wanted, double gap, double low, double high);

/// The points of a line, no two further apart than `distance`.
std::vector<Point> sampled(const std::vector<Point>& line, double distance);

}  // namespace glow::report
