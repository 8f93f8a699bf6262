#include "glow/report/axes.h"

#include <algorithm>
#include <cmath>

#include "glow/report/palette.h"

namespace glow::report {
namespace {

using Align = TextStyle::Align;

constexpr double kBarWidth = 5;
constexpr double kTick = 3, kMinorTick = 1.8, kGap = 2.5;
const Stroke kSpine{kInk, 0.6};

double widest_label(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const auto& tick : ticks) width = std::max(width, text_width(tick.label, kTickSize));
  return width;
}

/// Beside each other, with a space between.
bool labels_fit(const std::vector<Tick>& ticks, double width) {
  double end = -1e9;
  for (const auto& tick : ticks) {
    if (tick.label.empty()) continue;
    const double middle = tick.position * width, half = text_width(tick.label, kTickSize) / 2;
    if (middle - half < end + 4) return false;
    end = middle + half;
  }
  return true;
}

double tick_length(const Tick& tick) { return tick.label.empty() ? kMinorTick : kTick; }

/// Where the baseline of a line of text is whose middle is at `y`.
double centred(double y, double size) { return y + 0.36 * size; }

/// Two short strokes across an axis: between 0 and the rest of a logarithmic one lies no distance.
void draw_break(Drawing& drawing, const Point& at, bool upright) {
  for (const double shift : {-1.1, 1.1}) {
    const Point middle = upright ? Point{at.x, at.y + shift} : Point{at.x + shift, at.y};
    drawing.add(Line{{{middle.x - (upright ? 2 : 0.9), middle.y + (upright ? 0.9 : 2)},
                      {middle.x + (upright ? 2 : 0.9), middle.y - (upright ? 0.9 : 2)}},
                     kSpine});
  }
}

/// Where the break of an axis is, if it has one: half way to the first tick after 0.
double break_position(const Scale& scale, const std::vector<Tick>& ticks) {
  if (!scale.logarithmic() || ticks.size() < 2 || ticks.front().value != 0) return -1;
  return ticks[1].position / 2;
}

}  // namespace

std::vector<Tick> upright_ticks(const Scale& scale, double height) {
  return scale.ticks(std::clamp(static_cast<int>(height / 20), 2, 8));
}

std::vector<Tick> level_ticks(const Scale& scale, double width) {
  for (int count = std::clamp(static_cast<int>(width / 20), 2, 8); count > 2; --count) {
    auto ticks = scale.ticks(count);
    if (labels_fit(ticks, width)) return ticks;
  }
  return scale.ticks(2);
}

Axes::Axes(Drawing& drawing, const Box& frame, const Scale& x, const Scale& y)
    : drawing_(drawing), frame_(frame), x_(x), y_(y) {}

double Axes::left_margin(const Scale& y, double height) {
  return widest_label(upright_ticks(y, height)) + kTick + kGap + kLabelSize + 7;
}

void Axes::draw_frame(const std::string& x_label, const std::string& y_label) {
  drawing_.add(
      Line{{{frame_.x, frame_.y}, {frame_.x, frame_.bottom()}, {frame_.right(), frame_.bottom()}},
           kSpine});
  draw_x_axis(x_label);
  draw_y_axis(y_label);
}

void Axes::draw_x_axis(const std::string& label) {
  const double y = frame_.bottom();
  const auto ticks = level_ticks(x_, frame_.width);
  for (const auto& tick : ticks) {
    const double x = frame_.x + tick.position * frame_.width;
    drawing_.add(Line{{{x, y}, {x, y + tick_length(tick)}}, kSpine});
    if (tick.label.empty()) continue;
    drawing_.add(Text{
        {x, y + kTick + kGap + 0.76 * kTickSize}, tick.label, {kTickSize, kInk, Align::centre}});
  }
  if (const double share = break_position(x_, ticks); share > 0) {
    draw_break(drawing_, {frame_.x + share * frame_.width, y}, false);
  }
  drawing_.add(Text{{frame_.x + frame_.width / 2, y + bottom_margin() - 4.5},
                    label,
                    {kLabelSize, kInk, Align::centre}});
}

void Axes::draw_y_axis(const std::string& label) {
  for (const auto& tick : upright_ticks(y_, frame_.height)) {
    const double y = frame_.bottom() - tick.position * frame_.height;
    drawing_.add(Line{{{frame_.x, y}, {frame_.x - tick_length(tick), y}}, kSpine});
    drawing_.add(Text{{frame_.x - kTick - kGap, centred(y, kTickSize)},
                      tick.label,
                      {kTickSize, kInk, Align::right}});
  }
  const double x = frame_.x - left_margin(y_, frame_.height) + kLabelSize;
  drawing_.add(Text{{x, frame_.y + frame_.height / 2},
                    label,
                    {.size = kLabelSize, .colour = kInk, .align = Align::centre, .upwards = true}});
}

Point Axes::at(double x, double y) const {
  return {frame_.x + x_.at(x) * frame_.width, frame_.bottom() - y_.at(y) * frame_.height};
}

bool Axes::holds(double x, double y) const {
  const auto inside = [](double t) { return t >= 0 && t <= 1; };
  return inside(x_.at(x)) && inside(y_.at(y));
}

std::vector<std::vector<Point>> Axes::pieces(const std::vector<double>& x,
                                             const std::vector<double>& y) const {
  std::vector<std::vector<Point>> out;
  bool inside = false;
  for (size_t i = 0; i < x.size(); ++i) {
    const bool known = std::isfinite(x[i]) && std::isfinite(y[i]);
    if (known && !inside) out.emplace_back();
    if (known) out.back().push_back(at(x[i], y[i]));
    inside = known;
  }
  return out;
}

void Axes::curve(const std::vector<double>& x, const std::vector<double>& y, const Stroke& stroke) {
  for (auto& piece : pieces(x, y)) {
    if (piece.size() > 1) drawing_.add(Line{std::move(piece), stroke});
  }
}

void Axes::band(const std::vector<double>& x, const std::vector<double>& low,
                const std::vector<double>& high, const Colour& fill) {
  // Both edges are cut at the same places: where one is unknown, so is the other.
  const auto below = pieces(x, low), above = pieces(x, high);
  for (size_t i = 0; i < std::min(below.size(), above.size()); ++i) {
    if (below[i].size() < 2 || below[i].size() != above[i].size()) continue;
    std::vector<Point> outline = below[i];
    outline.insert(outline.end(), above[i].rbegin(), above[i].rend());
    drawing_.add(Area{std::move(outline), fill});
  }
}

void Axes::error_bars(double x, double y, double x_error, double y_error, const Stroke& stroke) {
  constexpr double kCap = 1.6;
  if (std::isfinite(x_error) && x_error > 0) {
    const Point from = at(x - x_error, y), to = at(x + x_error, y);
    drawing_.add(Line{{from, to}, stroke});
    for (const auto& end : {from, to}) {
      drawing_.add(Line{{{end.x, end.y - kCap}, {end.x, end.y + kCap}}, stroke});
    }
  }
  if (std::isfinite(y_error) && y_error > 0) {
    const Point from = at(x, y - y_error), to = at(x, y + y_error);
    drawing_.add(Line{{from, to}, stroke});
    for (const auto& end : {from, to}) {
      drawing_.add(Line{{{end.x - kCap, end.y}, {end.x + kCap, end.y}}, stroke});
    }
  }
}

double colour_bar_width(const Scale& scale, double height, const std::string& label) {
  return std::max(text_width(label, kTickSize),
                  kBarWidth + kTick + kGap + widest_label(upright_ticks(scale, height)));
}

void draw_colour_bar(Drawing& drawing, const Point& corner, double height, const Scale& scale,
                     const std::string& label) {
  const Box box{corner.x, corner.y, kBarWidth, height};
  constexpr int kSteps = 64;
  for (int i = 0; i < kSteps; ++i) {
    // Each step reaches under the next, or a thin white line shows between them.
    const double from = box.bottom() - box.height * i / kSteps;
    const double to = box.bottom() - box.height * std::min(i + 1.5, 1.0 * kSteps) / kSteps;
    drawing.add(Area{{{box.x, from}, {box.right(), from}, {box.right(), to}, {box.x, to}},
                     viridis((i + 0.5) / kSteps)});
  }
  const auto ticks = upright_ticks(scale, box.height);
  for (const auto& tick : ticks) {
    const double y = box.bottom() - tick.position * box.height;
    drawing.add(Line{{{box.right(), y}, {box.right() + tick_length(tick) - 1, y}}, kSpine});
    drawing.add(Text{
        {box.right() + kTick + kGap - 1, centred(y, kTickSize)}, tick.label, {kTickSize, kInk}});
  }
  if (const double share = break_position(scale, ticks); share > 0) {
    draw_break(drawing, {box.right(), box.bottom() - share * box.height}, true);
  }
  drawing.add(Text{{box.x, box.y - 4.5}, label, {kTickSize, kInk}});
}

}  // namespace glow::report
