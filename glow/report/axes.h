// A pair of axes on a drawing: spines, ticks, labels, lines, bands and bars in data coordinates.
#pragma once

#include <string>
#include <vector>

#include "glow/report/drawing.h"
#include "glow/report/palette.h"
#include "glow/report/scale.h"

namespace glow::report {

inline constexpr double kTickSize = 6.5, kLabelSize = 7.5, kNameSize = 6.5;  // text, in points
inline const Stroke kLimit{kQuiet, 0.5, {3.5, 2.2}};
inline const std::vector<double> kDotted = {0.9, 1.7};  // the null

class Axes {
 public:
  /// `frame` is the data area; `margins` says what stands outside of it.
  Axes(Drawing& drawing, const Box& frame, const Scale& x, const Scale& y);

  /// Left of the frame: ticks, their labels, the axis label. Below it likewise.
  static double left_margin(const Scale& y, double height);
  static double bottom_margin() { return 26; }

  void draw_frame(const std::string& x_label, const std::string& y_label);

  const Box& frame() const { return frame_; }
  Point at(double x, double y) const;
  bool holds(double x, double y) const;

  /// The finite pieces of a curve, in points of the drawing.
  std::vector<std::vector<Point>> pieces(const std::vector<double>& x,
                                         const std::vector<double>& y) const;
  void curve(const std::vector<double>& x, const std::vector<double>& y, const Stroke& stroke);
  /// From low to high; where either is unknown there is none.
  void band(const std::vector<double>& x, const std::vector<double>& low,
            const std::vector<double>& high, const Colour& fill);
  /// One standard error to each side, with caps; unknown ones are not drawn.
  void error_bars(double x, double y, double x_error, double y_error, const Stroke& stroke);

 private:
  void draw_x_axis(const std::string& label);
  void draw_y_axis(const std::string& label);

  Drawing& drawing_;
  Box frame_;
  Scale x_, y_;
};

/// As many ticks as have room for their labels: above each other, or side by side.
std::vector<Tick> upright_ticks(const Scale& scale, double height);
std::vector<Tick> level_ticks(const Scale& scale, double width);

/// Viridis from bottom to top below `corner`, the ticks of `scale` at its right, `label` above it.
void draw_colour_bar(Drawing& drawing, const Point& corner, double height, const Scale& scale,
                     const std::string& label);
/// With its ticks and label.
double colour_bar_width(const Scale& scale, double height, const std::string& label);

}  // namespace glow::report
