#include "glow/report/drawing.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <fmt/ranges.h>

#include <memory>
#include <numbers>

#include "glow/core/error.h"
#include "glow/core/text.h"
#include "glow/report/markup.h"
#include "glow/report/palette.h"

namespace glow::report {
namespace {

constexpr const char* kFont = "DejaVu Sans";

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, Free>;
using Context = std::unique_ptr<cairo_t, Free>;

cairo_status_t append(void* out, const unsigned char* bytes, unsigned length) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), length);
  return CAIRO_STATUS_SUCCESS;
}

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error("the figure cannot be drawn: {}", cairo_status_to_string(status));
  }
}

void set_font(cairo_t* context, double size, bool bold) {
  cairo_select_font_face(context, kFont, CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, size);
}

void set_colour(cairo_t* context, const Colour& colour) {
  cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha);
}

void stroke_path(cairo_t* context, const Stroke& stroke) {
  set_colour(context, stroke.colour);
  cairo_set_line_width(context, stroke.width);
  cairo_set_dash(context, stroke.dash.data(), static_cast<int>(stroke.dash.size()), 0);
  cairo_stroke(context);
}

void trace(cairo_t* context, const std::vector<Point>& points) {
  cairo_new_path(context);
  for (const auto& point : points) cairo_line_to(context, point.x, point.y);
}

void draw(cairo_t* context, const Line& line) {
  trace(context, line.points);
  // Round ends would fill the gaps of dashes.
  cairo_set_line_cap(context,
                     line.stroke.dash.empty() ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
  stroke_path(context, line.stroke);
}

void draw(cairo_t* context, const Area& area) {
  trace(context, area.outline);
  cairo_close_path(context);
  set_colour(context, area.fill);
  cairo_fill(context);
}

void draw(cairo_t* context, const Circle& circle) {
  cairo_new_path(context);
  cairo_arc(context, circle.centre.x, circle.centre.y, circle.radius, 0, 2 * std::numbers::pi);
  set_colour(context, circle.fill);
  cairo_fill_preserve(context);
  stroke_path(context, circle.stroke);
}

void draw(cairo_t* context, const Text& text) {
  const TextStyle& style = text.style;
  set_font(context, style.size, style.bold);
  set_colour(context, style.colour);
  cairo_text_extents_t extents;
  cairo_text_extents(context, text.text.c_str(), &extents);
  const double share = style.align == TextStyle::Align::left     ? 0
                       : style.align == TextStyle::Align::centre ? 0.5
                                                                 : 1;
  cairo_save(context);
  cairo_translate(context, text.baseline.x, text.baseline.y);
  if (style.upwards) cairo_rotate(context, -std::numbers::pi / 2);
  cairo_move_to(context, -share * extents.x_advance, 0);
  cairo_show_text(context, text.text.c_str());
  cairo_restore(context);
}

void draw_all(cairo_t* context, const Drawing& drawing) {
  cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
  for (const auto& shape : drawing.shapes) {
    std::visit([&](const auto& one) { draw(context, one); }, shape);
  }
  check(cairo_status(context));
}

// SVG is written by hand: Cairo turns its text into outlines, which nobody can search or edit.

std::string svg_colour(const char* attribute, const Colour& colour) {
  std::string out = fmt::format(" {}=\"{}\"", attribute, hex(colour));
  if (colour.alpha < 1) out += fmt::format(" {}-opacity=\"{:.3g}\"", attribute, colour.alpha);
  return out;
}

std::string svg_stroke(const Stroke& stroke) {
  std::string out = svg_colour("stroke", stroke.colour);
  out += fmt::format(" stroke-width=\"{:.4g}\"", stroke.width);
  if (!stroke.dash.empty()) {
    out += fmt::format(" stroke-dasharray=\"{:.4g}\" stroke-linecap=\"butt\"",
                       fmt::join(stroke.dash, " "));
  }
  return out;
}

std::string svg_points(const std::vector<Point>& points) {
  std::string out;
  for (const auto& point : points) out += fmt::format("{:.2f},{:.2f} ", point.x, point.y);
  if (!out.empty()) out.pop_back();
  return out;
}

std::string svg(const Line& line) {
  return fmt::format("<polyline points=\"{}\"{}/>\n", svg_points(line.points),
                     svg_stroke(line.stroke));
}

std::string svg(const Area& area) {
  return fmt::format("<polygon points=\"{}\" stroke=\"none\"{}/>\n", svg_points(area.outline),
                     svg_colour("fill", area.fill));
}

std::string svg(const Circle& circle) {
  return fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.4g}\"{}{}/>\n", circle.centre.x,
                     circle.centre.y, circle.radius, svg_colour("fill", circle.fill),
                     svg_stroke(circle.stroke));
}

std::string svg(const Text& text) {
  const TextStyle& style = text.style;
  const auto& [x, y] = text.baseline;
  std::string out = fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" font-size=\"{:.4g}\"{}", x, y,
                                style.size, svg_colour("fill", style.colour));
  if (style.align == TextStyle::Align::centre) out += " text-anchor=\"middle\"";
  if (style.align == TextStyle::Align::right) out += " text-anchor=\"end\"";
  if (style.bold) out += " font-weight=\"bold\"";
  if (style.upwards) out += fmt::format(" transform=\"rotate(-90 {:.2f} {:.2f})\"", x, y);
  return out + fmt::format(" stroke=\"none\">{}</text>\n", escape(text.text));
}

}  // namespace

double text_width(const std::string& text, double size, bool bold) {
  // Metrics of the font itself, not of its pixels: at 100 times the size, hinting no longer shows.
  thread_local const Surface surface{
      cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nullptr)};
  thread_local const Context context{cairo_create(surface.get())};
  set_font(context.get(), size * 100, bold);
  cairo_text_extents_t extents;
  cairo_text_extents(context.get(), text.c_str(), &extents);
  return extents.x_advance / 100;
}

std::string elide(const std::string& text, double width, double size) {
  if (text_width(text, size) <= width) return text;
  std::vector<std::string> letters;  // whole UTF-8 sequences
  for (const char byte : text) {
    if ((byte & 0xC0) != 0x80 || letters.empty()) letters.emplace_back();
    letters.back() += byte;
  }
  for (size_t kept = letters.size(); kept-- > 2;) {
    const auto middle = static_cast<std::ptrdiff_t>((kept + 1) / 2);
    const auto rest = static_cast<std::ptrdiff_t>(kept / 2);
    const std::string shorter = join({letters.begin(), letters.begin() + middle}, "") + "…" +
                                join({letters.end() - rest, letters.end()}, "");
    if (text_width(shorter, size) <= width) return shorter;
  }
  return "…";
}

std::vector<std::string> wrap(const std::string& text, double width, double size) {
  std::vector<std::string> lines;
  for (const auto& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (!lines.empty() && text_width(lines.back() + " " + word, size) <= width) {
      lines.back() += " " + word;
    } else {
      lines.push_back(elide(word, width, size));
    }
  }
  return lines;
}

std::string to_png(const Drawing& drawing, double dots_per_inch) {
  const double scale = dots_per_inch / 72;
  const Surface surface{cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                   static_cast<int>(drawing.width * scale + 0.5),
                                                   static_cast<int>(drawing.height * scale + 0.5))};
  const Context context{cairo_create(surface.get())};
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  cairo_scale(context.get(), scale, scale);
  draw_all(context.get(), drawing);
  std::string bytes;
  check(cairo_surface_write_to_png_stream(surface.get(), append, &bytes));
  return bytes;
}

std::string to_svg(const Drawing& drawing) {
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.2f}pt\" height=\"{1:.2f}pt\" "
      "viewBox=\"0 0 {0:.2f} {1:.2f}\" font-family=\"{2}, Verdana, sans-serif\" fill=\"none\" "
      "stroke-linejoin=\"round\" stroke-linecap=\"round\">\n<title>{3}</title>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
      drawing.width, drawing.height, kFont, escape(drawing.title));
  for (const auto& shape : drawing.shapes) {
    out += std::visit([](const auto& one) { return svg(one); }, shape);
  }
  return out + "</svg>\n";
}

std::string to_pdf(const Drawing& drawing) {
  std::string bytes;
  {
    const Surface surface{
        cairo_pdf_surface_create_for_stream(append, &bytes, drawing.width, drawing.height)};
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, drawing.title.c_str());
    const Context context{cairo_create(surface.get())};
    draw_all(context.get(), drawing);
    cairo_surface_finish(surface.get());
    check(cairo_surface_status(surface.get()));
  }
  return bytes;
}

}  // namespace glow::report
