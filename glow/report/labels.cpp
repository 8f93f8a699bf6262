#include "glow/report/labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace glow::report {
namespace {

constexpr double kCell = 1.5;   // points
constexpr double kNear = 7;     // from here on a leader line says what a label names
constexpr double kClear = 3.2;  // from the middle of a mark to where it ends
constexpr double kMargin = 4;   // so much nearer than any other mark is what a label stands beside
constexpr double kInkCost = 5;  // points of distance that a label goes to spare one cell of curve
constexpr double kLeaderInkCost = 2;
constexpr double kCrossingCost = 40;
constexpr double kMisleadingCost = 120;  // of a leader line over another mark
constexpr double kUnplacedCost = 1000;

/// How many cells of a fine grid hold ink, within any box at once.
class InkMap {
 public:
  InkMap(const std::vector<Point>& ink, const Box& bounds)
      : bounds_(bounds),
        columns_(static_cast<int>(bounds.width / kCell) + 1),
        rows_(static_cast<int>(bounds.height / kCell) + 1),
        sums_(static_cast<size_t>((columns_ + 1) * (rows_ + 1))) {
    std::vector<char> cells(static_cast<size_t>(columns_ * rows_));
    for (const auto& point : ink) {
      const int column = static_cast<int>(std::floor((point.x - bounds.x) / kCell));
      const int row = static_cast<int>(std::floor((point.y - bounds.y) / kCell));
      if (column < 0 || column >= columns_ || row < 0 || row >= rows_) continue;
      cells[static_cast<size_t>(row * columns_ + column)] = 1;
    }
    for (int row = 0; row < rows_; ++row) {
      for (int column = 0; column < columns_; ++column) {
        sum(row + 1, column + 1) = cells[static_cast<size_t>(row * columns_ + column)] +
                                   sum(row, column + 1) + sum(row + 1, column) - sum(row, column);
      }
    }
  }

  int within(const Box& box) {
    const auto cell = [](double from, double to, int count) {
      return std::clamp(static_cast<int>(std::floor((to - from) / kCell)), 0, count);
    };
    const int left = cell(bounds_.x, box.x, columns_), top = cell(bounds_.y, box.y, rows_);
    const int right = cell(bounds_.x, box.right() + kCell, columns_);
    const int bottom = cell(bounds_.y, box.bottom() + kCell, rows_);
    return sum(bottom, right) - sum(top, right) - sum(bottom, left) + sum(top, left);
  }

 private:
  int& sum(int row, int column) {
    return sums_[static_cast<size_t>(row * (columns_ + 1) + column)];
  }

  Box bounds_;
  int columns_, rows_;
  std::vector<int> sums_;
};

double distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

Point nearest_in(const Box& box, const Point& point) {
  return {std::clamp(point.x, box.x, box.right()), std::clamp(point.y, box.y, box.bottom())};
}

double nearest_distance(const Box& box, const std::vector<Point>& points) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& point : points) {
    least = std::min(least, distance(point, nearest_in(box, point)));
  }
  return least;
}

/// How many of the marks a line runs over.
int passed_by(const std::vector<Point>& line, const std::vector<Point>& marks) {
  const auto along = sampled(line, 1);
  return static_cast<int>(std::count_if(marks.begin(), marks.end(), [&](const Point& mark) {
    return std::any_of(along.begin(), along.end(),
                       [&](const Point& point) { return distance(point, mark) < kClear; });
  }));
}

bool passes(const std::vector<Point>& line, const Box& box) {
  for (const auto& point : sampled(line, 1)) {
    if (box.overlaps({point.x, point.y, 1e-6, 1e-6})) return true;
  }
  return false;
}

double side(const Point& a, const Point& b, const Point& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool cross(const std::vector<Point>& a, const std::vector<Point>& b) {
  if (a.size() < 2 || b.size() < 2) return false;
  return side(a[0], a[1], b[0]) * side(a[0], a[1], b[1]) < 0 &&
         side(b[0], b[1], a[0]) * side(b[0], b[1], a[1]) < 0;
}

}  // namespace

std::vector<Point> sampled(const std::vector<Point>& line, double step) {
  std::vector<Point> out;
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    const double length = distance(line[i], line[i + 1]);
    const int parts = std::max(1, static_cast<int>(std::ceil(length / step)));
    for (int part = 0; part < parts; ++part) {
      const double share = static_cast<double>(part) / parts;
      out.push_back(
          {std::lerp(line[i].x, line[i + 1].x, share), std::lerp(line[i].y, line[i + 1].y, share)});
    }
  }
  if (!line.empty()) out.push_back(line.back());
  return out;
}

std::vector<Candidate> around(const Point& anchor, const std::vector<Point>& others, double width,
                              double height, const Box& bounds) {
  constexpr int kDirections = 24;
  std::vector<Candidate> out;
  for (double radius = 4.5; radius < std::max(bounds.width, bounds.height);
       radius += std::max(3.0, radius * 0.25)) {
    for (int i = 0; i < kDirections; ++i) {
      const double angle = 2 * std::numbers::pi * i / kDirections;
      // The box touches, from outside, the circle of this radius: its centre lies further out the
      // wider it is in that direction.
      const double dx = std::cos(angle), dy = std::sin(angle);
      const Point centre{anchor.x + dx * (radius + width / 2),
                         anchor.y + dy * (radius + height / 2)};
      const Box box{centre.x - width / 2, centre.y - height / 2, width, height};
      if (!bounds.holds(box)) continue;
      const double gap = distance(anchor, nearest_in(box, anchor));
      // To the right of its point a name reads best, to the left next.
      Candidate place{box, anchor, gap + 1.5 * (1 - dx), gap > kNear};
      if (!place.led) {
        if (nearest_distance(box, others) < gap + kMargin) continue;
      } else {
        place.cost += 8 + kMisleadingCost * passed_by(leader(place), others);
        if (nearest_distance(box, others) < kMargin) place.cost += kCrossingCost;
      }
      out.push_back(place);
    }
  }
  return out;
}

std::vector<Point> leader(const Candidate& candidate) {
  if (!candidate.led) return {};
  const Point end = nearest_in(candidate.box, candidate.anchor);
  const double length = distance(candidate.anchor, end);
  const double share = kClear / length;
  return {
      {std::lerp(candidate.anchor.x, end.x, share), std::lerp(candidate.anchor.y, end.y, share)},
      end};
}

Placement place_labels(const std::vector<std::vector<Candidate>>& labels,
                       const std::vector<Point>& ink, const Box& bounds) {
  InkMap map(ink, bounds);
  Placement out;
  auto& chosen = out.chosen;
  chosen.resize(labels.size());
  std::vector<std::vector<double>> own(labels.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    for (const auto& candidate : labels[i]) {
      double cost = candidate.cost + kInkCost * map.within(candidate.box);
      // A leader line may cross a curve, but not run along one.
      for (const auto& point : sampled(leader(candidate), 1)) {
        cost += kLeaderInkCost * map.within({point.x, point.y, 0, 0});
      }
      own[i].push_back(cost);
    }
  }
  const auto cost_beside = [&](size_t label, const Candidate& candidate) {
    double cost = 0;
    const auto line = leader(candidate);
    for (size_t other = 0; other < labels.size(); ++other) {
      if (other == label || !chosen[other]) continue;
      const Candidate& taken = labels[other][*chosen[other]];
      if (candidate.box.overlaps(taken.box)) return std::numeric_limits<double>::infinity();
      const auto taken_line = leader(taken);
      if (passes(line, taken.box) || passes(taken_line, candidate.box)) cost += 2 * kCrossingCost;
      if (cross(line, taken_line)) cost += kCrossingCost;
    }
    return cost;
  };
  // The first round takes what is free; the others let each move once all are there.
  for (int round = 0; round < 3; ++round) {
    out.cost = 0;
    for (size_t label = 0; label < labels.size(); ++label) {
      double best = std::numeric_limits<double>::infinity();
      std::optional<size_t> found;
      for (size_t i = 0; i < labels[label].size(); ++i) {
        if (own[label][i] >= best) continue;
        const double cost = own[label][i] + cost_beside(label, labels[label][i]);
        if (cost < best) {
          best = cost;
          found = i;
        }
      }
      chosen[label] = found;
      out.cost += found ? best : kUnplacedCost;
    }
  }
  return out;
}

std::vector<double> spread(const std::vector<double>& wanted, double gap, double low, double high) {
  std::vector<size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return wanted[a] < wanted[b]; });

  // Isotonic regression: with i·gap taken off, heights must only not fall; neighbours that would
  // are pooled at their mean.
  struct Pool {
    double sum;
    double count;
    double mean() const { return sum / count; }
  };
  std::vector<Pool> pools;
  for (size_t i = 0; i < order.size(); ++i) {
    pools.push_back({wanted[order[i]] - static_cast<double>(i) * gap, 1});
    while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
      pools[pools.size() - 2].sum += pools.back().sum;
      pools[pools.size() - 2].count += pools.back().count;
      pools.pop_back();
    }
  }
  const double top = std::max(low, high - gap * (static_cast<double>(wanted.size()) - 1));
  std::vector<double> out(wanted.size());
  size_t i = 0;
  for (const auto& pool : pools) {
    for (double k = 0; k < pool.count; ++k, ++i) {
      out[order[i]] = std::clamp(pool.mean(), low, top) + static_cast<double>(i) * gap;
    }
  }
  return out;
}

}  // namespace glow::report
