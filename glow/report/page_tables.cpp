#include "glow/report/page_tables.h"

#include <fmt/format.h>

#include <cmath>

#include "glow/core/text.h"
#include "glow/report/markup.h"
#include "glow/report/scale.h"
#include "glow/report/verdict.h"
#include "glow/report/view.h"

namespace glow::report {
namespace {

std::string cell(const std::string& text) { return "<td>" + escape(text) + "</td>"; }
std::string number_cell(const std::string& text) {
  return "<td class=\"number\">" + escape(text) + "</td>";
}

std::string head_cell(const std::string& text, size_t columns = 1) {
  const std::string wide = columns > 1 ? fmt::format(" colspan=\"{}\"", columns) : "";
  return fmt::format("<th scope=\"col\"{}>{}</th>", wide, escape(text));
}
std::string number_head(const std::string& text) {
  return "<th scope=\"col\" class=\"number\">" + escape(text) + "</th>";
}

std::string table(const std::string& rows) {
  return "<div class=\"scroll\"><table>\n" + rows + "</table></div>\n";
}

/// Whether the name stands in the text as a word: dense_1 is not in "dense_10".
bool mentions(const std::string& text, const std::string& name) {
  const auto is_word = [](char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c));
  };
  for (size_t at = text.find(name); !name.empty() && at != std::string::npos;
       at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const size_t end = at + name.size();
    if (begins && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

/// Whether a warning is about this layer as this estimator saw it: "hsic(sigma=5) of dense_1: …".
bool concerns(const std::string& warning, const std::string& evaluator, const std::string& layer) {
  const bool of_another = warning.find(" of ") != std::string::npos &&
                          warning.find('(') < warning.find(" of ") &&
                          !warning.starts_with(evaluator + " of ");
  return mentions(warning, layer) && !of_another;
}

/// Which columns a table of layers has beside those of every one.
struct Extras {
  bool complexity, null, warnings;
};

std::string layer_head(const PlaneData& plane, const Extras& extras) {
  const Unit unit = plane.trajectories.unit;
  std::string groups = head_cell(""), names = head_cell("layer");
  if (extras.complexity) {
    groups += head_cell(axis_label(plane.complexity_label, unit), 5);
    for (const char* name : {"first", "largest", "at epoch", "last", "fall"}) {
      names += number_head(name);
    }
  }
  groups += head_cell(axis_label(plane.generalization_label, unit), 2);
  for (const char* name : {"first", "last"}) names += number_head(name);
  if (extras.null) {
    groups += head_cell("mean under permutation, last", 2);
    names += number_head(plane.complexity_label) + number_head(plane.generalization_label);
  }
  if (extras.warnings) {
    groups += head_cell("");
    names += head_cell("warnings");
  }
  return "<thead><tr>" + groups + "</tr>\n<tr>" + names + "</tr></thead>\n";
}

std::string layer_row(const View& view, size_t index, const Extras& extras) {
  const Trajectory& layer = view.plane->trajectories.layers[index];
  const Turning marks = turning(layer);
  const TrajectoryPoint &first = layer.mean.front(), &last = layer.mean.back();
  const TrajectoryPoint& turn = layer.mean[marks.turn];
  const auto complexity = [](const TrajectoryPoint& point) {
    return number_cell(pretty_number_with_error(point.complexity, point.complexity_error));
  };
  const auto generalization = [](const TrajectoryPoint& point) {
    return number_cell(pretty_number_with_error(point.generalization, point.generalization_error));
  };
  std::string row = cell(layer_label(view, index));
  if (extras.complexity) {
    const bool known = std::isfinite(marks.fall);
    row += complexity(first) + complexity(turn) +
           number_cell(known ? epoch_text(turn.epoch) : "–") + complexity(last) +
           number_cell(pretty_number_with_error(marks.fall, marks.fall_error));
  }
  row += generalization(first) + generalization(last);
  if (extras.null) {
    row += number_cell(pretty_number(last.complexity_null)) +
           number_cell(pretty_number(last.generalization_null));
  }
  if (extras.warnings) {
    // By their numbers in the list below: a warning is a sentence, too long for a cell.
    std::vector<std::string> numbers;
    for (size_t i = 0; i < view.run->warnings.size(); ++i) {
      if (concerns(view.run->warnings[i], view.plane->trajectories.evaluator, layer.name)) {
        numbers.push_back(std::to_string(i + 1));
      }
    }
    row += cell(join(numbers, ", "));
  }
  return "<tr>" + row + "</tr>\n";
}

bool any_mention(const RunData& run, const PlaneTrajectories& plane) {
  for (const auto& layer : plane.layers) {
    for (const auto& warning : run.warnings) {
      if (concerns(warning, plane.evaluator, layer.name)) return true;
    }
  }
  return false;
}

}  // namespace

std::string finding_table(const RunData& run) {
  if (run.planes.size() < 2) return "";
  std::string rows;
  for (const auto& plane : run.planes) {
    rows += "<tr>" + cell(plane.trajectories.evaluator) + cell(finding(plane)) + "</tr>\n";
  }
  return table("<thead><tr>" + head_cell("estimator") + head_cell("what it finds") +
               "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n");
}

std::string layer_tables(const RunData& run) {
  std::string out;
  for (const auto& plane : run.planes) {
    const auto& data = plane.trajectories;
    const Extras extras{!lacks_complexity(data), has_null(data), any_mention(run, data)};
    std::string rows;
    for (size_t i = 0; i < data.layers.size(); ++i) {
      if (!data.layers[i].mean.empty()) rows += layer_row({&run, &plane}, i, extras);
    }
    if (rows.empty()) continue;
    if (run.planes.size() > 1) {
      out += fmt::format("<p class=\"quiet\">{}, measured on {}</p>\n", escape(data.evaluator),
                         escape(place_words(data.on)));
    }
    out += table(layer_head(plane, extras) + "<tbody>\n" + rows + "</tbody>\n");
  }
  return out;
}

std::string warning_list(const RunData& run) {
  if (run.warnings.empty()) return "";
  std::string out = "<ol>\n";
  for (const auto& warning : run.warnings) out += "<li>" + escape(warning) + "</li>\n";
  return out + "</ol>\n";
}

std::string model_table(const RunData& run) {
  if (run.layers.empty()) return "";
  std::string rows;
  int64_t total = 0;
  for (const auto& layer : run.layers) {
    rows += "<tr>" + cell(layer.name) + cell(layer.type) + cell(layer.output) +
            number_cell(with_thousands(layer.parameters)) + "</tr>\n";
    total += layer.parameters;
  }
  return table("<thead><tr>" + head_cell("layer") + head_cell("type") + head_cell("output") +
               number_head("parameters") + "</tr></thead>\n<tbody>\n" + rows +
               "</tbody>\n<tfoot><tr><td colspan=\"3\">total</td>" +
               number_cell(with_thousands(total)) + "</tr></tfoot>\n");
}

std::string fact_list(const RunData& run) {
  if (run.facts.empty()) return "";
  std::string out = "<dl>\n";
  for (const auto& [name, value] : run.facts) {
    out += "<dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd>\n";
  }
  return out + "</dl>\n";
}

std::string preformatted(const std::string& text) {
  return trim(text).empty() ? "" : "<pre>" + escape(trim(text)) + "</pre>\n";
}

std::string place_words(const std::string& on) {
  if (on == "batch") return "the training batches";
  if (on == "all") return "all data";
  if (on == "train") return "the training data";
  return "the " + on + " data";
}

}  // namespace glow::report
