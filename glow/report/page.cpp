#include "glow/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>

#include "glow/core/text.h"
#include "glow/core/version.h"
#include "glow/report/markup.h"
#include "glow/report/page_data.h"
#include "glow/report/page_tables.h"
#include "glow/report/verdict.h"
#include "glow/report/view.h"

// The files of the page, put into the library by cmake/GlowPage.cmake.
extern "C" {
extern const char glow_page_html[], glow_page_html_end[];
extern const char glow_page_css[], glow_page_css_end[];
extern const char glow_page_js[], glow_page_js_end[];
extern const char glow_look_js[], glow_look_js_end[];
extern const char glow_plots_js[], glow_plots_js_end[];
extern const char glow_plotly_js_gz[], glow_plotly_js_gz_end[];
}

namespace glow::report {
namespace {

using Runs = std::vector<RunData>;

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

std::string base64(std::string_view bytes) {
  static constexpr char kLetters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kLetters[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

/// The template with each `{{name}}` replaced; what is put in is not looked at again.
std::string fill_template(std::string_view text,
                          const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out;
  for (size_t open; (open = text.find("{{")) != std::string_view::npos;) {
    const size_t close = text.find("}}", open);
    const std::string_view name = text.substr(open + 2, close - open - 2);
    out += text.substr(0, open);
    for (const auto& [key, value] : values) {
      if (key == name) out += value;
    }
    text.remove_prefix(close + 2);
  }
  return out + std::string(text);
}

std::string status_badge(const RunData& run) {
  if (run.status.empty() || run.status == "finished") return "";
  return fmt::format("<span class=\"status\">{}</span>", escape(run.status));
}

/// `n = 64` and `4.3 ± 0.4` stay on one line.
std::string unbroken(std::string html) {
  for (const std::string sign : {"=", "±"}) {
    const std::string spaced = " " + sign + " ", fixed = "&nbsp;" + sign + "&nbsp;";
    for (size_t at = 0; (at = html.find(spaced, at)) != std::string::npos; at += fixed.size()) {
      html.replace(at, spaced.size(), fixed);
    }
  }
  return html;
}

/// What the first plane says in large letters, on what it rests beside it; below it what hangs on
/// the estimator and its setting.
std::string verdicts(const RunData& run) {
  if (run.planes.empty()) return "";
  const std::string sentence = verdict(run.planes[0]);
  const size_t basis = std::min(sentence.rfind(" ("), sentence.size());
  return fmt::format("<p class=\"verdict\">{}<span class=\"basis\">{}</span></p>\n{}",
                     unbroken(escape(sentence.substr(0, basis))),
                     unbroken(escape(sentence.substr(basis))), unbroken(finding_table(run)));
}

std::string header(const Runs& runs) {
  if (runs.size() == 1) {
    return fmt::format("<header>\n<h1>{}{}</h1>\n{}</header>\n", escape(runs[0].name),
                       status_badge(runs[0]), verdicts(runs[0]));
  }
  std::string cells;
  for (const auto& run : runs) {
    cells += fmt::format("<div>\n<h2>{}{}</h2>\n{}</div>\n", escape(run.name), status_badge(run),
                         verdicts(run));
  }
  return fmt::format(
      "<header>\n<h1>{} runs side by side</h1>\n<p class=\"quiet\">All on the same "
      "axes.</p>\n<div class=\"runs\">\n{}</div>\n</header>\n",
      runs.size(), cells);
}

/// What is shown of a plane: the time, where there is a plane to see it in, and whose way.
std::string controls(size_t group, const std::vector<View>& views) {
  std::vector<int64_t> networks;
  for (const auto& view : views) {
    const auto& more = view.plane->trajectories.networks;
    if (more.size() > 1) networks.insert(networks.end(), more.begin(), more.end());
  }
  std::sort(networks.begin(), networks.end());
  networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
  std::string chips;
  if (!networks.empty()) {
    chips =
        "<label><input type=\"checkbox\" value=\"mean\" checked autocomplete=\"off\">mean</label>";
  }
  for (const int64_t network : networks) {
    chips += fmt::format(
        "<label><input type=\"checkbox\" value=\"{0}\" autocomplete=\"off\" "
        "aria-label=\"network {0}\">{0}</label>",
        network);
  }
  if (!chips.empty()) {
    chips = fmt::format(
        "<fieldset class=\"chips\" aria-label=\"mean and networks\">{}</fieldset>\n", chips);
  }
  const std::string time =
      lacks_complexity(views[0].plane->trajectories)
          ? ""
          : "<div class=\"time\"><button type=\"button\">play</button><input type=\"range\" "
            "min=\"0\" max=\"0\" value=\"0\" aria-label=\"epoch\" autocomplete=\"off\">"
            "<output></output></div>\n";
  return fmt::format("<div class=\"controls\" id=\"controls-{}\">\n{}{}</div>\n", group, time,
                     chips);
}

constexpr std::string_view kNote =
    "<p class=\"failed\" hidden></p>\n<noscript><p class=\"failed\">The plots need JavaScript. The "
    "tables below hold the main numbers, plane.csv all of them, and the folder figures the same "
    "planes as images.</p></noscript>\n";

/// With a full stop, where it has none.
std::string closed(const std::string& sentence) {
  return sentence.ends_with('.') ? sentence : sentence + ".";
}

/// The evaluators of the views, each once.
std::string evaluators_of(const std::vector<View>& views) {
  std::vector<std::string> specs;
  for (const auto& view : views) {
    const std::string& spec = view.plane->trajectories.evaluator;
    if (std::find(specs.begin(), specs.end(), spec) == specs.end()) specs.push_back(spec);
  }
  return join(specs, ", ");
}

/// What the plots of a group show and how to read them.
std::string plane_words(const std::vector<View>& views, bool curves_alone) {
  const bool null = std::any_of(views.begin(), views.end(), [](const View& view) {
    return has_null(view.plane->trajectories);
  });
  const std::string dotted = null ? "; dotted: the mean under permutation" : "";
  if (curves_alone) {
    return fmt::format("This estimator gives no {}, so there is no plane{}.",
                       views[0].plane->complexity_label, dotted);
  }
  return fmt::format("One line a layer: open circle at the start,{} filled circle at the end{}.",
                     any_turn(views, plane_scales(views)) ? " plus at the largest complexity," : "",
                     dotted);
}

std::string plot_divisions(const std::string& id, bool curves_alone) {
  std::string out;
  for (const char* kind : {"plane", "complexity", "generalization"}) {
    if (curves_alone && kind != std::string_view("generalization")) continue;
    out += fmt::format("<div class=\"plot {0}\" id=\"{0}-{1}\"></div>\n", kind, id);
  }
  return fmt::format("<div class=\"plots{}\">\n{}</div>\n", curves_alone ? " alone" : "", out);
}

/// A column a run, those without such a plane empty, so that each stays below its name.
std::string plane_columns(size_t group, const std::vector<View>& views, const Runs& runs,
                          bool curves_alone) {
  const bool one_evaluator = evaluators_of(views) == views[0].plane->trajectories.evaluator;
  std::string out;
  size_t next = 0;
  for (const auto& run : runs) {
    out += "<div>\n";
    if (next < views.size() && views[next].run == &run) {
      const PlaneData& plane = *views[next].plane;
      const std::string caption = one_evaluator ? "" : plane.trajectories.evaluator + ": ";
      out += fmt::format("<h3>{}</h3>\n<p class=\"caption\">{}</p>\n", escape(run.name),
                         escape(caption + caption_of(plane)));
      out += plot_divisions(fmt::format("{}-{}", group, next++), curves_alone);
    }
    out += "</div>\n";
  }
  return out;
}

std::string plane_section(size_t group, const std::vector<View>& views, const Runs& runs) {
  const PlaneData& first = *views[0].plane;
  const bool curves_alone = lacks_complexity(first.trajectories), several = runs.size() > 1;
  const std::string title =
      curves_alone ? first.generalization_label + " against epochs" : "Information plane";
  return fmt::format(
      "<section>\n<h2>{}: {}</h2>\n<p class=\"quiet\">{}{}</p>\n{}{}<div class=\"runs\">\n{}"
      "</div>\n</section>\n",
      escape(title), escape(evaluators_of(views)),
      several ? "" : escape(closed(caption_of(first))) + " ",
      escape(plane_words(views, curves_alone)), kNote, controls(group, views),
      several ? plane_columns(group, views, runs, curves_alone)
              : plot_divisions(fmt::format("{}-0", group), curves_alone));
}

std::string history_section(const Runs& runs) {
  const auto groups = history_groups(runs);
  if (groups.empty()) return "";
  std::string out =
      "<section>\n<h2>Loss and metrics</h2>\n<p class=\"failed\" hidden></p>\n<div "
      "class=\"runs\">\n";
  for (size_t run = 0; run < runs.size(); ++run) {
    if (runs.size() > 1) out += fmt::format("<div>\n<h3>{}</h3>\n", escape(runs[run].name));
    for (size_t group = 0; group < groups.size(); ++group) {
      out += fmt::format("<div class=\"plot history\" id=\"history-{}-{}\"></div>\n", group, run);
    }
    if (runs.size() > 1) out += "</div>\n";
  }
  return out + "</div>\n</section>\n";
}

/// A section with a cell a run, each made by `cell`, side by side unless they are wide; nothing
/// where all cells are empty.
std::string run_section(const Runs& runs, const std::string& title,
                        const std::function<std::string(const RunData&)>& cell, bool wide = false) {
  std::string cells;
  bool any = false;
  for (const auto& run : runs) {
    const std::string content = cell(run);
    any = any || !content.empty();
    cells += "<div>\n";
    if (runs.size() > 1) cells += fmt::format("<h3>{}</h3>\n", escape(run.name));
    cells += content + "</div>\n";
  }
  if (!any) return "";
  return fmt::format("<section>\n<h2>{}</h2>\n<div class=\"runs{}\">\n{}</div>\n</section>\n",
                     title, wide ? " stacked" : "", cells);
}

std::string body(const Runs& runs, const std::vector<std::vector<View>>& planes) {
  std::string out = header(runs);
  for (size_t i = 0; i < planes.size(); ++i) {
    out += plane_section(i, planes[i], runs);
  }
  out += history_section(runs);
  out += run_section(runs, "Layers", layer_tables, true);
  out += run_section(runs, "Warnings", warning_list);
  out += run_section(runs, "Model", model_table);
  out += run_section(runs, "Settings",
                     [](const RunData& run) { return preformatted(run.experiment); });
  out += run_section(runs, "Versions, seed, checksums", fact_list);
  out += run_section(runs, "Run it again",
                     [](const RunData& run) { return preformatted(run.command); });
  out += run_section(runs, "Cite",
                     [](const RunData& run) { return preformatted(join(run.citations, "\n\n")); });
  return out;
}

}  // namespace

std::string html_page(const ReportData& data) {
  const auto planes = matching_planes(data.runs);
  std::vector<std::string> names;
  for (const auto& run : data.runs) names.push_back(run.name);
  return fill_template(between(glow_page_html, glow_page_html_end),
                       {{"generator", std::string("glow ") + version()},
                        {"title", escape(join(names, ", "))},
                        {"css", std::string(between(glow_page_css, glow_page_css_end))},
                        {"main_class", data.runs.size() > 1 ? " class=\"several\"" : ""},
                        {"body", body(data.runs, planes)},
                        {"data", page_data(data.runs, planes)},
                        {"plotly", base64(between(glow_plotly_js_gz, glow_plotly_js_gz_end))},
                        {"look", std::string(between(glow_look_js, glow_look_js_end))},
                        {"plots", std::string(between(glow_plots_js, glow_plots_js_end))},
                        {"js", std::string(between(glow_page_js, glow_page_js_end))}});
}

}  // namespace glow::report
