#include "glow/report/curves.h"

#include <algorithm>

#include "glow/report/axes.h"
#include "glow/report/labels.h"
#include "glow/report/palette.h"

namespace glow::report {
namespace {

std::vector<double> shown_epochs(const std::vector<TrajectoryPoint>& points, const Scale& epochs) {
  std::vector<double> out;
  for (const auto& point : points) out.push_back(epochs.shown(point.epoch));
  return out;
}

struct LineEnd {
  Point point;
  std::string name;
  Colour colour;
};

/// What a plane would show, above its line.
void draw_level_limits(Drawing& drawing, const Axes& axes, const std::vector<Limit>& limits) {
  const Box& frame = axes.frame();
  for (const auto& limit : limits) {
    const double y = axes.at(0, limit.value).y;
    if (!(y >= frame.y && y <= frame.bottom())) continue;
    drawing.add(Line{{{frame.x, y}, {frame.right(), y}}, kLimit});
    drawing.add(Text{{frame.x + 4, y - 2.5}, limit.label, {kNameSize, kQuiet}});
  }
}

void name_line_ends(Drawing& drawing, const Box& frame, const std::vector<LineEnd>& ends,
                    double width) {
  if (ends.empty()) return;
  std::vector<double> wanted;
  for (const auto& end : ends) wanted.push_back(end.point.y);
  const double room = (frame.height + 4) / static_cast<double>(ends.size());
  const double size = std::min(kNameSize, room / 1.12);
  const auto heights = spread(wanted, std::min(size * 1.25, room), frame.y, frame.bottom());
  for (size_t i = 0; i < ends.size(); ++i) {
    const Point& from = ends[i].point;
    const double x = frame.right() + 9;
    drawing.add(Line{{{std::max(from.x, frame.right()) + 1.5, from.y}, {x - 1.5, heights[i]}},
                     {ends[i].colour, 0.5}});
    drawing.add(Text{{x, heights[i] + 0.36 * size},
                     elide(ends[i].name, width, size),
                     {size, as_text(ends[i].colour)}});
  }
}

}  // namespace

double name_margin(const View& view, double most) {
  double width = 0;
  for (size_t i = 0; i < view.plane->trajectories.layers.size(); ++i) {
    width = std::max(width, text_width(layer_label(view, i), kNameSize));
  }
  return std::min(width + 11, most);
}

void draw_curves(Drawing& drawing, const Box& frame, const View& view, const PlaneScales& scales,
                 const Coordinate& of) {
  const auto& plane = view.plane->trajectories;
  const auto colours = layer_colours(plane.layers.size());
  Axes axes(drawing, frame, scales.epochs, scales.*of.curve);
  std::vector<LineEnd> ends;
  for (size_t i = 0; i < plane.layers.size(); ++i) {
    const auto& points = plane.layers[i].mean;
    const auto x = shown_epochs(points, scales.epochs);
    std::vector<double> low, high;
    for (const auto& point : points) {
      low.push_back(point.*of.value - point.*of.error);
      high.push_back(point.*of.value + point.*of.error);
    }
    Colour pale = colours[i];
    pale.alpha = 0.2;
    axes.band(x, low, high, pale);
  }
  for (size_t i = 0; i < plane.layers.size(); ++i) {
    const auto& points = plane.layers[i].mean;
    const auto x = shown_epochs(points, scales.epochs);
    const auto y = values(points, of.value);
    axes.curve(x, values(points, of.null_mean), {colours[i], 0.9, kDotted});
    axes.curve(x, y, {colours[i], 1.1});
    const auto pieces = axes.pieces(x, y);
    if (pieces.empty()) continue;
    for (const auto& piece : pieces) {
      if (piece.size() == 1) drawing.add(Circle{piece[0], 1.6, colours[i], {colours[i], 0.3}});
    }
    ends.push_back({pieces.back().back(), layer_label(view, i), colours[i]});
  }
  if (lacks_complexity(plane)) draw_level_limits(drawing, axes, view.plane->*of.limits);
  axes.draw_frame("epoch", axis_label(view.plane->*of.label, plane.unit));
  name_line_ends(drawing, frame, ends, drawing.width - frame.right() - 12);
}

}  // namespace glow::report
