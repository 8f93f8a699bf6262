#include "glow/io/atomic_file.h"
#include "glow/report/figures.h"
#include "glow/report/labels.h"
#include "glow/report/markup.h"
#include "glow/report/page.h"
#include "glow/report/palette.h"
#include "glow/run/run_folder.h"
#include "glow/run/run_report.h"
#include "python/bindings/bindings.h"

namespace glow::python {
namespace {

using report::RunData;

// (name, type, output, parameters, on the plane)
using LayerTuple = std::tuple<std::string, std::string, std::string, int64_t, bool>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

using Curves = std::vector<std::pair<std::string, std::vector<double>>>;
using Limits = std::map<std::string, double>;

RunData run_data(const std::string& name, const std::vector<PlaneRow>& rows, int64_t batches,
                 const Limits& limits, const std::vector<LayerTuple>& layers) {
  RunData run;
  run.name = name;
  run.status = "finished";
  run.planes = planes_of(rows, batches, limits);
  run.citations = citations_of(run.planes);
  for (const auto& [layer, type, output, parameters, on_plane] : layers) {
    run.layers.push_back({layer, type, output, parameters, on_plane});
  }
  return run;
}

void bind_labels(py::module_& m) {
  using report::Box;
  using report::Candidate;
  using report::Point;
  py::class_<Point>(m, "Point")
      .def(py::init<double, double>())
      .def_readonly("x", &Point::x)
      .def_readonly("y", &Point::y);
  py::class_<Box>(m, "Box")
      .def(py::init<double, double, double, double>())
      .def_readonly("x", &Box::x)
      .def_readonly("y", &Box::y)
      .def_readonly("width", &Box::width)
      .def_readonly("height", &Box::height);
  py::class_<Candidate>(m, "Candidate")
      .def_readonly("box", &Candidate::box)
      .def_readwrite("cost", &Candidate::cost)
      .def_readonly("led", &Candidate::led);
  m.def("around", &report::around);
  m.def("place_labels",
        [](const std::vector<std::vector<Candidate>>& labels, const std::vector<Point>& ink,
           const Box& bounds) { return report::place_labels(labels, ink, bounds).chosen; });
  m.def("leader", &report::leader);
  m.def("spread", &report::spread);
  m.def("sampled", &report::sampled);
}

}  // namespace

void bind_report(py::module_& m) {
  bind_labels(m);
  m.def("html_page", [](const std::string& name, const std::vector<PlaneRow>& rows, int64_t batches,
                        const Limits& limits, const std::vector<LayerTuple>& layers,
                        const Curves& history, const std::vector<std::string>& warnings,
                        const Pairs& facts) {
    RunData run = run_data(name, rows, batches, limits, layers);
    run.warnings = warnings;
    run.facts = facts;
    for (const auto& [curve, values] : history) {
      report::HistoryCurve out{curve, {}, values, std::vector<double>(values.size(), kUnknown)};
      for (size_t i = 0; i < values.size(); ++i) out.epoch.push_back(static_cast<double>(i) + 1);
      run.history.push_back(std::move(out));
    }
    const py::gil_scoped_release release;
    return report::html_page({{run}});
  });
  // One SVG a plane, 180 mm wide, as in a report.
  m.def("plane_figures", [](const std::string& name, const std::vector<PlaneRow>& rows,
                            int64_t batches, const Limits& limits,
                            const std::vector<LayerTuple>& layers) {
    const RunData run = run_data(name, rows, batches, limits, layers);
    std::vector<std::string> out;
    for (const auto& plane : run.planes) {
      out.push_back(report::to_svg(report::plane_figure({{&run, &plane}}, report::kPageWidth)));
    }
    return out;
  });
  // What else a run folder says, for a plane that was read from it.
  m.def("read_run", [](const std::string& folder) {
    const RunRecord record = RunFolder::open(folder).read_record();
    const RunData run = read_run(folder);
    std::vector<LayerTuple> layers;
    for (const auto& l : run.layers) {
      layers.emplace_back(l.name, l.type, l.output, l.parameters, l.on_plane);
    }
    Curves history;
    for (const auto& curve : run.history) history.emplace_back(curve.name, curve.mean);
    py::dict out;
    out["name"] = run.name;
    out["batches"] = record.batches;
    out["limits"] = record.limits;
    out["layers"] = layers;
    out["history"] = history;
    out["warnings"] = run.warnings;
    out["facts"] = run.facts;
    return out;
  });
  m.def("pretty_number", [](double value, double error) {
    return std::isfinite(value) ? report::pretty_number_with_error(value, error) : "–";
  });
  m.def("write_file", &io::write_atomic);
  m.def("layer_colours", [](size_t count) {
    std::vector<std::pair<std::string, std::string>> out;  // of lines, and of text
    for (const auto& colour : report::layer_colours(count)) {
      out.emplace_back(report::hex(colour), report::hex(report::as_text(colour)));
    }
    return out;
  });
}

}  // namespace glow::python
