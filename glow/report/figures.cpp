#include "glow/report/figures.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "glow/core/error.h"
#include "glow/io/atomic_file.h"
#include "glow/report/axes.h"
#include "glow/report/curves.h"
#include "glow/report/palette.h"
#include "glow/report/plane.h"
#include "glow/report/verdict.h"

namespace glow::report {
namespace {

constexpr double kEdge = 6;  // of the figure, in points
constexpr double kTitleSize = 9, kCaptionSize = 6.5, kRowTitleSize = 7.5;
constexpr double kBarGap = 8;  // between the plane and its colour bar

/// Horizontal places that all rows share, so that their axes stand below each other.
struct Columns {
  Box plane, curves;  // x and width only
};

double widest(const std::vector<View>& rows, double most) {
  double width = 0;
  for (const auto& view : rows) width = std::max(width, name_margin(view, most));
  return width;
}

class PlaneFigure {
 public:
  PlaneFigure(const std::vector<View>& rows, double width)
      : rows_(rows),
        scales_(plane_scales(rows)),
        plane_(!lacks_complexity(rows[0].plane->trajectories)),
        curves_of_(plane_ ? kComplexity : kGeneralization),
        wide_(width > 110 * kMillimetre) {
    drawing_.width = width;
    height_ = wide_ ? 0.31 * width : 0.56 * width;
  }

  Drawing draw() {
    double y = draw_head();
    lay_out_columns();
    for (const auto& view : rows_) y = draw_row(view, y);
    drawing_.height = y + kEdge - 4;
    return std::move(drawing_);
  }

 private:
  bool several() const { return rows_.size() > 1; }

  // Settings of one run, not several runs.
  bool one_run() const {
    return std::all_of(rows_.begin(), rows_.end(),
                       [&](const View& view) { return view.run == rows_[0].run; });
  }

  /// Title, caption and key; gives where they end.
  double draw_head() {
    const double width = drawing_.width - 2 * kEdge;
    double y = kEdge + kTitleSize;
    std::vector<std::string> names, captions;
    for (const auto& [run, plane] : rows_) {
      names.push_back(run->name);
      const std::string caption = caption_of(*plane);
      if (std::find(captions.begin(), captions.end(), caption) == captions.end()) {
        captions.push_back(caption);
      }
    }
    const std::string evaluator = several() ? "" : rows_[0].plane->trajectories.evaluator;
    const auto count = std::to_string(rows_.size());
    const std::string name = !several()  ? names[0]
                             : one_run() ? names[0] + " by " + count + " settings of the estimator"
                                         : "The information plane of " + count + " runs";
    drawing_.title = several() ? name : name + ": " + evaluator;
    const std::string shown = elide(name, width / 1.15, kTitleSize);
    drawing_.add(Text{{kEdge, y}, shown, {.size = kTitleSize, .colour = kInk, .bold = true}});
    const double name_end = kEdge + text_width(shown, kTitleSize, true) + 7;
    if (const double room = drawing_.width - kEdge - name_end;
        !several() && text_width(evaluator, kRowTitleSize) <= room) {
      drawing_.add(Text{{name_end, y}, evaluator, {kRowTitleSize, kQuiet}});
    } else if (!several()) {
      captions.insert(captions.begin(), evaluator);
    }
    for (const auto& caption : captions) {
      for (const auto& line : wrap(caption, width, kCaptionSize)) {
        y += kCaptionSize * 1.4;
        drawing_.add(Text{{kEdge, y}, line, {kCaptionSize, kQuiet}});
      }
    }
    if (!plane_ && !any_null()) return y;  // curves explain themselves
    y += kCaptionSize * 1.7;
    return 6 + draw_key(drawing_, {kEdge, y}, width, plane_, any_turn(rows_, scales_), any_null());
  }

  bool any_null() const {
    return std::any_of(rows_.begin(), rows_.end(),
                       [](const View& view) { return has_null(view.plane->trajectories); });
  }

  void lay_out_columns() {
    const double bar = kBarGap + colour_bar_width(scales_.epochs, height_, "epoch");
    const double names = widest(rows_, wide_ ? 0.19 * drawing_.width : 0.34 * drawing_.width);
    const double plane_left = kEdge + Axes::left_margin(scales_.generalization, height_);
    const double curves_margin = Axes::left_margin(scales_.*curves_of_.curve, height_);
    if (!plane_) {
      const double left = kEdge + curves_margin;
      columns_.curves = {left, 0, drawing_.width - left - names - kEdge, 0};
      return;
    }
    if (!wide_) {
      const double left = std::max(plane_left, kEdge + curves_margin);
      columns_.plane = {left, 0, drawing_.width - left - bar - kEdge, 0};
      columns_.curves = {left, 0, drawing_.width - left - names - kEdge, 0};
      return;
    }
    const double free = drawing_.width - plane_left - bar - 14 - curves_margin - names - kEdge;
    columns_.plane = {plane_left, 0, free * 0.57, 0};
    columns_.curves = {drawing_.width - kEdge - names - free * 0.43, 0, free * 0.43, 0};
  }

  double draw_row(const View& view, double y) {
    if (several()) {
      y += kRowTitleSize + 5;
      const std::string& evaluator = view.plane->trajectories.evaluator;
      const std::string name =
          elide(one_run() ? evaluator : view.run->name, drawing_.width * 0.6, kRowTitleSize);
      drawing_.add(Text{{kEdge, y}, name, {.size = kRowTitleSize, .colour = kInk, .bold = true}});
      double x = kEdge + text_width(name, kRowTitleSize, true) + 6;
      const std::string words = one_run() ? finding(*view.plane) : evaluator;
      if (x + text_width(words, kCaptionSize) > drawing_.width - kEdge) {
        x = kEdge;
        y += kCaptionSize * 1.4;
      }
      for (const auto& line : wrap(words, drawing_.width - kEdge - x, kCaptionSize)) {
        drawing_.add(Text{{x, y}, line, {kCaptionSize, kQuiet}});
        y += kCaptionSize * 1.4;
      }
      y += 2 - kCaptionSize * 1.4;
    }
    y += kTickSize + 7;  // the name of the colour bar stands above it
    if (plane_) {
      const Box frame{columns_.plane.x, y, columns_.plane.width, height_};
      draw_plane(drawing_, frame, view, scales_);
      draw_colour_bar(drawing_, {frame.right() + kBarGap, y}, height_, scales_.epochs, "epoch");
      if (!wide_) y += height_ + Axes::bottom_margin() + 12;
    }
    draw_curves(drawing_, {columns_.curves.x, y, columns_.curves.width, height_}, view, scales_,
                curves_of_);
    return y + height_ + Axes::bottom_margin();
  }

  const std::vector<View>& rows_;
  PlaneScales scales_;
  bool plane_;  // or curves alone
  Coordinate curves_of_;
  bool wide_;
  double height_;  // of every frame
  Columns columns_;
  Drawing drawing_;
};

void write(const std::vector<View>& rows, const std::string& stem) {
  for (const bool wide : {true, false}) {
    const Drawing drawing = plane_figure(rows, wide ? kPageWidth : kColumnWidth);
    const std::string path = stem + (wide ? "" : "-column");
    io::write_atomic(path + ".png", to_png(drawing));
    io::write_atomic(path + ".svg", to_svg(drawing));
    io::write_atomic(path + ".pdf", to_pdf(drawing));
  }
}

std::vector<std::string> write_all(const std::vector<std::vector<View>>& figures,
                                   const std::string& folder, const std::string& kind) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error("cannot make the folder {}: {}", folder, error.message());
  std::vector<std::string> paths;
  std::set<std::string> taken;
  for (const auto& rows : figures) {
    const auto& plane = rows[0].plane->trajectories;
    const std::string name = kind + "-" + slug(plane.evaluator) + "-" + slug(plane.on);
    std::string unique = name;
    for (int i = 2; !taken.insert(unique).second; ++i) unique = name + "-" + std::to_string(i);
    paths.push_back((std::filesystem::path(folder) / unique).string());
    write(rows, paths.back());
  }
  return paths;
}

}  // namespace

Drawing plane_figure(const std::vector<View>& rows, double width) {
  return PlaneFigure(rows, width).draw();
}

std::vector<std::string> write_figures(const RunData& run, const std::string& folder) {
  std::vector<std::vector<View>> figures;
  for (const auto& plane : run.planes) figures.push_back({{&run, &plane}});
  std::vector<std::string> paths = write_all(figures, folder, "plane");
  for (auto& path : write_all(planes_by_settings(run), folder, "settings")) {
    paths.push_back(std::move(path));
  }
  return paths;
}

std::vector<std::string> write_comparison(const std::vector<RunData>& runs,
                                          const std::string& folder) {
  return write_all(matching_planes(runs), folder, "comparison");
}

std::string slug(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_' || (c == '.' && !out.empty() && out.back() != '-');
    if (kept) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && (out.back() == '-' || out.back() == '.')) out.pop_back();
  if (out.size() > 100) out.resize(100);
  return out.empty() ? "plane" : out;
}

}  // namespace glow::report
