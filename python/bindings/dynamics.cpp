#include <ATen/ATen.h>

#include "glow/dynamics/meter.h"
#include "glow/dynamics/plane_array.h"
#include "glow/dynamics/plane_file.h"
#include "glow/dynamics/trajectory.h"
#include "glow/run/run_report.h"
#include "python/bindings/engine.h"

namespace glow::python {
namespace {

using Rows = std::vector<PlaneRow>;

template <class T>
py::list column(const Rows& rows, T PlaneRow::*member) {
  py::list out(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if constexpr (std::is_same_v<T, Unit>) {
      out[i] = to_string(rows[i].*member);
    } else {
      out[i] = rows[i].*member;
    }
  }
  return out;
}

// The members of a row and their names in plane.csv, in its order: said once.
template <class F>
void each_column(F f) {
  f("network", &PlaneRow::network);
  f("epoch", &PlaneRow::epoch);
  f("step", &PlaneRow::step);
  f("on", &PlaneRow::on);
  f("mode", &PlaneRow::mode);
  f("evaluator", &PlaneRow::evaluator);
  f("layer", &PlaneRow::layer);
  f("name", &PlaneRow::name);
  f("complexity", &PlaneRow::complexity);
  f("generalization", &PlaneRow::generalization);
  f("complexity_error", &PlaneRow::complexity_error);
  f("generalization_error", &PlaneRow::generalization_error);
  f("complexity_null", &PlaneRow::complexity_null);
  f("generalization_null", &PlaneRow::generalization_null);
  f("unit", &PlaneRow::unit);
  f("n", &PlaneRow::n);
}

Unit unit_named(const std::string& text) { return text == "none" ? Unit::none : parse_unit(text); }

py::dict columns(const Rows& rows) {
  py::dict out;
  each_column([&](const char* name, auto member) { out[name] = column(rows, member); });
  return out;
}

Rows from_columns(const py::dict& given) {
  Rows rows;
  each_column([&]<class T>(const char* name, T PlaneRow::*member) {
    const auto values = given[name].cast<py::list>();
    rows.resize(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_same_v<T, Unit>) {
        rows[i].*member = unit_named(values[i].cast<std::string>());
      } else {
        rows[i].*member = values[i].cast<T>();
      }
    }
  });
  return rows;
}

template <class T>
Tensor points(const std::vector<TrajectoryPoint>& of, T TrajectoryPoint::*member) {
  Tensor out = at::empty({static_cast<int64_t>(of.size())}, at::kDouble);
  auto* to = out.data_ptr<double>();
  for (const auto& point : of) *to++ = static_cast<double>(point.*member);
  return out;
}

py::dict path(const std::vector<TrajectoryPoint>& of) {
  py::dict out;
  out["epoch"] = points(of, &TrajectoryPoint::epoch);
  out["step"] = points(of, &TrajectoryPoint::step);
  out["complexity"] = points(of, &TrajectoryPoint::complexity);
  out["generalization"] = points(of, &TrajectoryPoint::generalization);
  out["complexity_error"] = points(of, &TrajectoryPoint::complexity_error);
  out["generalization_error"] = points(of, &TrajectoryPoint::generalization_error);
  out["complexity_null"] = points(of, &TrajectoryPoint::complexity_null);
  out["generalization_null"] = points(of, &TrajectoryPoint::generalization_null);
  return out;
}

std::vector<std::pair<std::string, double>> limit_lines(const std::vector<report::Limit>& limits) {
  std::vector<std::pair<std::string, double>> out;
  for (const auto& limit : limits) out.emplace_back(limit.label, limit.value);
  return out;
}

// What `report` draws, for matplotlib: trajectories with their labels and captions.
py::list planes(const Rows& rows, int64_t batches, const std::map<std::string, double>& limits) {
  py::list out;
  for (const auto& plane : planes_of(rows, batches, limits)) {
    const PlaneTrajectories& of = plane.trajectories;
    py::list layers;
    for (const auto& layer : of.layers) {
      const Turning turn = turning(layer);
      py::dict one;
      one["layer"] = layer.layer;
      one["name"] = layer.name;
      one["mean"] = path(layer.mean);
      py::list networks;
      for (const auto& network : layer.networks) networks.append(path(network));
      one["networks"] = networks;
      one["turning"] = py::make_tuple(turn.first, turn.turn, turn.last);
      layers.append(one);
    }
    py::dict one;
    one["evaluator"] = of.evaluator;
    one["on"] = of.on;
    one["mode"] = of.mode;
    one["unit"] = to_string(of.unit);
    one["n"] = of.n;
    one["networks"] = of.networks;
    one["layers"] = layers;
    one["complexity_label"] = plane.complexity_label;
    one["generalization_label"] = plane.generalization_label;
    one["caption"] = plane.caption;
    one["complexity_limits"] = limit_lines(plane.complexity_limits);
    one["generalization_limits"] = limit_lines(plane.generalization_limits);
    out.append(one);
  }
  return out;
}

}  // namespace

void bind_dynamics(py::module_& m) {
  py::class_<Rows>(m, "Rows")
      .def(py::init<>())
      .def("__len__", [](const Rows& rows) { return rows.size(); })
      .def("extend",
           [](Rows& rows, const Rows& more) { rows.insert(rows.end(), more.begin(), more.end()); })
      .def("columns", &columns)
      .def_static("from_columns", &from_columns)
      .def_static("read_csv", &read_plane)
      .def("csv",
           [](const Rows& rows) {
             std::string out = plane_header() + "\n";
             for (const auto& row : rows) out += to_csv(row) + "\n";
             return out;
           })
      .def("array", &plane_array, py::arg("before_training") = false)
      .def("planes", &planes)
      .def("table", [](const Rows& rows, int64_t batches) {
        report::RunData run;
        run.planes = planes_of(rows, batches);
        return plane_table(run);
      });
  py::class_<Meter>(m, "Meter")
      .def(py::init([](std::vector<EstimatorPtr> evaluators, const std::string& unit) {
        return Meter(std::move(evaluators), parse_unit(unit));
      }))
      .def("set_warning_sink",
           [](Meter& meter, py::object sink) {
             meter.set_warning_sink([held = Held(std::move(sink))](const std::string& evaluator,
                                                                   const std::string& layer,
                                                                   const std::string& text) {
               const py::gil_scoped_acquire gil;
               (*held)(fmt::format("{} of {}: {}", evaluator, layer, text));
             });
           })
      // layers: [(name, value, number), …]
      .def("measure", [](Meter& meter, const Tensor& x, const Tensor& y, int64_t classes,
                         const std::vector<std::tuple<std::string, Tensor, int64_t>>& layers,
                         bool deterministic, int64_t network, int64_t epoch, int64_t step,
                         const std::string& on, const std::string& mode) {
        SavedSegment saved{{network, epoch, step, on, mode}, {}, {}};
        saved.segment.x = x;
        saved.segment.y = y;
        saved.segment.classes = classes;
        saved.segment.deterministic = deterministic;
        for (const auto& [name, value, number] : layers) {
          saved.segment.layers.push_back({name, value});
          saved.numbers.push_back(number);
        }
        return run_engine([&] { return meter.measure(saved); });
      });
}

}  // namespace glow::python
