#include "glow/report/plane.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "glow/core/text.h"
#include "glow/report/axes.h"
#include "glow/report/labels.h"
#include "glow/report/palette.h"

namespace glow::report {
namespace {

constexpr double kMark = 2.3;
constexpr double kPadding = 1;  // beside a name

bool on_plane(const TrajectoryPoint& point) {
  return std::isfinite(point.complexity) && std::isfinite(point.generalization);
}

/// What the plane shows of a layer.
struct Way {
  std::string name;
  Colour colour;
  std::vector<TrajectoryPoint> points;
  std::optional<TrajectoryPoint> turn;
};

Way way_of(const Trajectory& layer, const Colour& colour, const PlaneScales& scales) {
  Way out{layer.name, colour, {}, {}};
  std::copy_if(layer.mean.begin(), layer.mean.end(), std::back_inserter(out.points), on_plane);
  if (const auto turn = turning_mark(layer, scales); turn && on_plane(layer.mean[*turn])) {
    out.turn = layer.mean[*turn];
  }
  return out;
}

double finite_or_zero(double value) { return std::isfinite(value) ? value : 0; }

void draw_plus(Drawing& drawing, const Point& at, const Colour& colour) {
  const Stroke stroke{colour, 0.9};
  drawing.add(Line{{{at.x - kMark, at.y}, {at.x + kMark, at.y}}, stroke});
  drawing.add(Line{{{at.x, at.y - kMark}, {at.x, at.y + kMark}}, stroke});
}

void draw_diamond(Drawing& drawing, const Point& at) {
  const std::vector<Point> outline = {{at.x, at.y - kMark},
                                      {at.x + kMark, at.y},
                                      {at.x, at.y + kMark},
                                      {at.x - kMark, at.y},
                                      {at.x, at.y - kMark}};
  drawing.add(Area{outline, kWhite});
  drawing.add(Line{outline, {kQuiet, 0.7}});
}

void draw_open(Drawing& drawing, const Point& at, const Colour& colour) {
  drawing.add(Circle{at, kMark, kWhite, {colour, 0.9}});
}
/// With a white edge, so that discs upon each other are told apart.
void draw_filled(Drawing& drawing, const Point& at, const Colour& colour) {
  drawing.add(Circle{at, kMark + 0.5, colour, {kWhite, 0.5}});
}

class PlanePanel {
 public:
  PlanePanel(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales)
      : drawing_(drawing),
        axes_(drawing, frame, scales.complexity, scales.generalization),
        view_(view),
        epochs_(scales.epochs),
        bounds_{frame.x + 2, frame.y - 9, frame.width + 2, frame.height + 7} {
    const auto& layers = view.plane->trajectories.layers;
    const auto colours = layer_colours(layers.size());
    for (size_t i = 0; i < layers.size(); ++i) {
      Way way = way_of(layers[i], colours[i], scales);
      if (!way.points.empty()) ways_.push_back(std::move(way));
    }
  }

  void draw() {
    const auto& plane = *view_.plane;
    draw_limits();
    for (const auto& way : ways_) draw_line(way);
    for (const auto& way : ways_) draw_null(way);
    for (const auto& way : ways_) draw_marks(way);
    axes_.draw_frame(axis_label(plane.complexity_label, plane.trajectories.unit),
                     axis_label(plane.generalization_label, plane.trajectories.unit));
    draw_names();
  }

 private:
  struct Label {
    std::string text;
    Colour colour;
    bool upwards;
    std::vector<Candidate> places;
  };

  Point at(const TrajectoryPoint& point) const {
    return axes_.at(point.complexity, point.generalization);
  }

  void ink_along(const std::vector<Point>& line) {
    const auto points = sampled(line, 1);
    ink_.insert(ink_.end(), points.begin(), points.end());
  }

  void draw_limits() {
    const Box& frame = axes_.frame();
    for (const auto& limit : view_.plane->complexity_limits) {
      const double x = axes_.at(limit.value, 0).x;
      if (!(x >= frame.x && x <= frame.right())) continue;
      drawing_.add(Line{{{x, frame.y}, {x, frame.bottom()}}, kLimit});
      ink_along({{x, frame.y}, {x, frame.bottom()}});
      name_limit(limit.label, {x, frame.bottom()}, true);
    }
    for (const auto& limit : view_.plane->generalization_limits) {
      const double y = axes_.at(0, limit.value).y;
      if (!(y >= frame.y && y <= frame.bottom())) continue;
      drawing_.add(Line{{{frame.x, y}, {frame.right(), y}}, kLimit});
      ink_along({{frame.x, y}, {frame.right(), y}});
      name_limit(limit.label, {frame.x, y}, false);
    }
  }

  /// Beside its line, as near to where that begins at the axis as there is room.
  void name_limit(const std::string& label, const Point& start, bool upwards) {
    const Box& frame = axes_.frame();
    const double length = text_width(label, kNameSize), height = kNameSize;
    const double along = upwards ? frame.height : frame.width;
    std::vector<Candidate> places;
    for (double shift = 4; shift + length < along; shift += 4) {
      for (const double side : {-1.0, 1.0}) {
        const double gap = side < 0 ? 2 + height : 2;
        const Box box = upwards ? Box{side < 0 ? start.x - gap : start.x + gap,
                                      start.y - shift - length, height, length}
                                : Box{start.x + shift, side < 0 ? start.y - gap : start.y + gap,
                                      length, height};
        const Point anchor{box.x, box.y};  // its line is beside it: no leader
        if (bounds_.holds(box)) places.push_back({box, anchor, shift * 0.4 + (side > 0 ? 3 : 0)});
      }
    }
    limit_names_.push_back({label, kQuiet, upwards, std::move(places)});
  }

  void draw_null(const Way& way) {
    const auto x = values(way.points, &TrajectoryPoint::complexity_null);
    const auto y = values(way.points, &TrajectoryPoint::generalization_null);
    axes_.curve(x, y, {kQuiet, 0.9, kDotted});
    const auto pieces = axes_.pieces(x, y);
    for (const auto& piece : pieces) ink_along(piece);
    if (!pieces.empty()) draw_diamond(drawing_, pieces.back().back());
  }

  void draw_line(const Way& way) {
    // Neighbours of one colour are one line: a figure of many points stays small.
    constexpr int kLevels = 96;
    const auto level = [&](size_t i) {
      return static_cast<int>(std::clamp(epochs_.at(way.points[i].epoch), 0.0, 1.0) * kLevels);
    };
    for (size_t i = 0; i + 1 < way.points.size();) {
      const int colour = (level(i) + level(i + 1)) / 2;
      std::vector<Point> line = {at(way.points[i])};
      do {
        line.push_back(at(way.points[++i]));
      } while (i + 1 < way.points.size() && (level(i) + level(i + 1)) / 2 == colour);
      ink_along(line);
      drawing_.add(Line{std::move(line), {viridis(1.0 * colour / kLevels), 1.1}});
    }
    draw_dots(way);
  }

  /// Each snapshot, where they stand apart enough to be told from one another.
  void draw_dots(const Way& way) {
    Point last{-1e9, -1e9};
    for (const auto& point : way.points) {
      const Point place = at(point);
      if (std::hypot(place.x - last.x, place.y - last.y) < 3.2) continue;
      const Colour colour = viridis(epochs_.at(point.epoch));
      drawing_.add(Circle{place, 1, colour, {colour, 0.3}});
      last = place;
    }
  }

  void draw_marks(const Way& way) {
    draw_bars(way.points.front(), way.colour);
    draw_bars(way.points.back(), way.colour);
    if (way.turn) {
      draw_bars(*way.turn, way.colour);
      draw_plus(drawing_, at(*way.turn), way.colour);
    }
    if (way.points.size() > 1) draw_open(drawing_, at(way.points.front()), way.colour);
    draw_filled(drawing_, at(way.points.back()), way.colour);
  }

  void draw_bars(const TrajectoryPoint& point, const Colour& colour) {
    const auto bar = [&](double x, double y) {
      const Point middle = at(point),
                  end = axes_.at(point.complexity + x, point.generalization + y);
      const double length = std::hypot(end.x - middle.x, end.y - middle.y);
      ink_along({{2 * middle.x - end.x, 2 * middle.y - end.y}, end});
      return length > kMark + 0.6;  // a shorter one is hidden by its mark
    };
    const double x = finite_or_zero(point.complexity_error);
    const double y = finite_or_zero(point.generalization_error);
    axes_.error_bars(point.complexity, point.generalization, bar(x, 0) ? x : 0, bar(0, y) ? y : 0,
                     {colour, 0.6});
    for (const double side : {-kMark, kMark}) {
      const Point mark = at(point);
      ink_along({{mark.x + side, mark.y - kMark}, {mark.x + side, mark.y + kMark}});
    }
  }

  std::vector<Point> marks_of(const Way& way) const {
    std::vector<Point> out = {at(way.points.front()), at(way.points.back())};
    if (way.turn) out.push_back(at(*way.turn));
    return out;
  }

  /// Layers whose marks lie upon each other at their starts or ends, and so share a name.
  std::vector<std::vector<const Way*>> stacks(bool at_starts) const {
    constexpr double kTogether = 2;
    std::vector<std::vector<const Way*>> out;
    for (const auto& way : ways_) {
      const Point place = anchor(way, at_starts);
      const auto stack = std::find_if(out.begin(), out.end(), [&](const auto& ways) {
        const Point there = anchor(*ways[0], at_starts);
        return std::hypot(place.x - there.x, place.y - there.y) < kTogether;
      });
      if (stack == out.end()) {
        out.push_back({&way});
      } else {
        stack->push_back(&way);
      }
    }
    return out;
  }

  /// "dense_1, dense_2", or "dense_1 … dense_3" of neighbours.
  static std::string names_of(const std::vector<const Way*>& stack) {
    const auto count = static_cast<std::ptrdiff_t>(stack.size());
    if (count > 2 && stack.back() - stack.front() == count - 1) {
      return stack.front()->name + " … " + stack.back()->name;
    }
    std::vector<std::string> names;
    for (const Way* way : stack) names.push_back(way->name);
    return join(names, ", ");
  }

  Point anchor(const Way& way, bool at_start) const {
    return at(at_start ? way.points.front() : way.points.back());
  }

  /// The names of limits, and of layers at their starts or at their ends.
  std::vector<Label> labels(bool at_starts) const {
    std::vector<Label> out = limit_names_;
    for (const auto& stack : stacks(at_starts)) {
      std::vector<Point> others;
      for (const auto& way : ways_) {
        if (std::find(stack.begin(), stack.end(), &way) != stack.end()) continue;
        for (const auto& mark : marks_of(way)) others.push_back(mark);
      }
      const std::string text = elide(names_of(stack), axes_.frame().width * 0.45, kNameSize);
      const double width = text_width(text, kNameSize) + 2 * kPadding;
      out.push_back({text, stack.size() > 1 ? kInk : as_text(stack[0]->colour), false,
                     around(anchor(*stack[0], at_starts), others, width, kNameSize, bounds_)});
    }
    return out;
  }

  Placement placed(const std::vector<Label>& labels) const {
    std::vector<std::vector<Candidate>> places;
    for (const auto& label : labels) places.push_back(label.places);
    return place_labels(places, ink_, bounds_);
  }

  /// All at the starts or all at the ends, wherever there is more room.
  void draw_names() {
    const auto at_starts = labels(true), at_ends = labels(false);
    const Placement starts = placed(at_starts), ends = placed(at_ends);
    const bool chosen = starts.cost <= ends.cost;
    draw_labels(chosen ? at_starts : at_ends, (chosen ? starts : ends).chosen);
  }

  void draw_labels(const std::vector<Label>& labels,
                   const std::vector<std::optional<size_t>>& chosen) {
    for (size_t i = 0; i < labels.size(); ++i) {
      if (!chosen[i]) continue;  // the curves name every layer as well
      const auto& [text, colour, upwards, places] = labels[i];
      const Candidate& place = places[*chosen[i]];
      if (auto line = leader(place); !line.empty()) {
        drawing_.add(Line{std::move(line), {colour, 0.4}});
      }
      const Box& box = place.box;
      const Point baseline = upwards ? Point{box.x + 0.86 * kNameSize, box.bottom()}
                                     : Point{box.x + kPadding, box.y + 0.86 * kNameSize};
      drawing_.add(Text{baseline, text, {.size = kNameSize, .colour = colour, .upwards = upwards}});
    }
  }

  Drawing& drawing_;
  Axes axes_;
  const View& view_;
  const Scale& epochs_;
  Box bounds_;  // where names may stand
  std::vector<Way> ways_;
  std::vector<Point> ink_;
  std::vector<Label> limit_names_;
};

}  // namespace

void draw_plane(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales) {
  PlanePanel(drawing, frame, view, scales).draw();
}

double draw_key(Drawing& drawing, const Point& at, double width, bool with_plane, bool with_turn,
                bool with_null) {
  Point next = at;
  const auto entry = [&](const std::string& words, double mark_width, auto&& mark) {
    const double length = mark_width + 3 + text_width(words, kNameSize);
    if (next.x > at.x && next.x + length > at.x + width) next = {at.x, next.y + kNameSize * 1.5};
    mark(Point{next.x + mark_width / 2, next.y - 0.36 * kNameSize});
    drawing.add(Text{{next.x + mark_width + 3, next.y}, words, {kNameSize, kQuiet}});
    next.x += length + 11;
  };
  if (with_plane) {
    entry("start", 2 * kMark, [&](const Point& point) { draw_open(drawing, point, kInk); });
    if (with_turn) {
      entry("largest complexity", 2 * kMark,
            [&](const Point& point) { draw_plus(drawing, point, kInk); });
    }
    entry("end", 2 * kMark, [&](const Point& point) { draw_filled(drawing, point, kInk); });
  }
  if (with_null) {
    entry("mean under permutation", 15, [&](const Point& point) {
      drawing.add(
          Line{{{point.x - 7.5, point.y}, {point.x + 7.5, point.y}}, {kQuiet, 0.9, kDotted}});
      if (with_plane) draw_diamond(drawing, {point.x + 5, point.y});
    });
  }
  return next.y;
}

}  // namespace glow::report
