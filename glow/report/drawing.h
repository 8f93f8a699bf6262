// A figure as plain data, laid out once and written as PNG, SVG and PDF.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace glow::report {

/// In points (1/72 inch) from the upper left corner.
struct Point {
  double x = 0, y = 0;
};

struct Box {
  double x = 0, y = 0, width = 0, height = 0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
  bool overlaps(const Box& other) const {
    return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
  }
  bool holds(const Box& other) const {
    return x <= other.x && other.right() <= right() && y <= other.y && other.bottom() <= bottom();
  }
};

/// Each part in [0, 1].
struct Colour {
  double red = 0, green = 0, blue = 0, alpha = 1;
};

struct Stroke {
  Colour colour;
  double width = 0.6;
  std::vector<double> dash = {};  // lengths on and off
};

struct Line {
  std::vector<Point> points;
  Stroke stroke;
};
struct Area {
  std::vector<Point> outline;
  Colour fill;
};
struct Circle {
  Point centre;
  double radius;
  Colour fill;
  Stroke stroke;
};

struct TextStyle {
  enum class Align { left, centre, right };

  double size = 7;
  Colour colour = {};
  Align align = Align::left;
  bool bold = false;
  bool upwards = false;  // read from below
};
struct Text {
  Point baseline;
  std::string text;
  TextStyle style;
};

struct Drawing {
  std::string title;
  double width = 0, height = 0;
  std::vector<std::variant<Line, Area, Circle, Text>> shapes = {};

  template <class Shape>
  void add(Shape shape) {
    shapes.emplace_back(std::move(shape));
  }
};

/// How far text advances, in points, in the font of all figures.
double text_width(const std::string& text, double size, bool bold = false);

/// `text` within `width`: its middle gives way to an ellipsis.
std::string elide(const std::string& text, double width, double size);

/// `text` broken at spaces into lines of at most `width`.
std::vector<std::string> wrap(const std::string& text, double width, double size);

// The bytes of a file. Text stays text in SVG and PDF.
std::string to_png(const Drawing& drawing, double dots_per_inch = 300);
std::string to_svg(const Drawing& drawing);
std::string to_pdf(const Drawing& drawing);

}  // namespace glow::report
