#include <ATen/ATen.h>

#include "glow/core/spec.h"
#include "glow/information/check_estimator.h"
#include "glow/information/citations.h"
#include "glow/information/conditional.h"
#include "glow/information/entropies.h"
#include "glow/information/estimator.h"
#include "glow/information/tasks.h"
#include "python/bindings/engine.h"

namespace glow::python {
namespace {

/// Notices a criterion that changes its arguments: the next estimator, and the training, need them.
class Untouched {
 public:
  Untouched(const std::string& spec, std::vector<Tensor> tensors)
      : spec_(spec), tensors_(std::move(tensors)) {
    for (const auto& t : tensors_) versions_.push_back(version(t));
  }
  void check() const {
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (version(tensors_[i]) == versions_[i]) continue;
      throw ValueError("{} changes its arguments in place: `x = x - …`, not `x -= …`", spec_);
    }
  }

 private:
  static int64_t version(const Tensor& t) { return t.is_inference() ? 0 : t._version(); }
  const std::string& spec_;
  std::vector<Tensor> tensors_;
  std::vector<int64_t> versions_;
};

/// A criterion written in Python: an object with `spec`, `unit`, `criterion(x, y)` and, where it
/// evaluates whole segments itself, `eval_dynamics_segment([x, t1 … tL, y])`.
class PythonCriterion : public Criterion {
 public:
  PythonCriterion(py::object object, std::string spec, const std::string& unit, bool whole_segments)
      : Criterion(std::move(spec)),
        object_(std::move(object)),
        unit_(unit == "none" ? Unit::none : parse_unit(unit)),
        whole_segments_(whole_segments) {}

  Unit unit() const override { return unit_; }

  Tensor criterion(const Tensor& x, const Tensor& y) const override {
    const py::gil_scoped_acquire gil;
    const Untouched arguments(spec(), {x, y});
    const Tensor value = number(object_->attr("criterion")(x, y), x);
    arguments.check();
    return value;
  }

  using Estimator::evaluate;
  std::vector<Coordinates> evaluate(const Segment& segment, const Fit& fit) const override {
    if (!whole_segments_) return Estimator::evaluate(segment, fit);
    const py::gil_scoped_acquire gil;
    std::vector<Tensor> parts{segment.x};
    for (const auto& layer : segment.layers) parts.push_back(layer.value);
    parts.push_back(label_matrix(segment, at::empty({0}, segment.x.options().dtype(at::kFloat))));
    const Untouched arguments(spec(), parts);
    const py::object pairs = object_->attr("eval_dynamics_segment")(py::cast(parts));
    arguments.check();
    if (py::len(pairs) != segment.layers.size()) {
      throw ValueError("{}: eval_dynamics_segment gave {} pairs for {} layers", spec(),
                       py::len(pairs), segment.layers.size());
    }
    std::vector<Coordinates> out;
    for (const auto pair : pairs) {
      if (py::len(pair) != 2) {
        throw ValueError("{}: eval_dynamics_segment gives [complexity, generalization] a layer",
                         spec());
      }
      out.push_back({of(pair[py::int_(0)], segment), of(pair[py::int_(1)], segment)});
    }
    return out;
  }

 private:
  // A tensor of one element as it is, with its graph; any other number as a tensor.
  static Tensor number(const py::object& value, const Tensor& like) {
    if (THPVariable_Check(value.ptr())) return value.cast<Tensor>();
    return at::scalar_tensor(py::float_(value).cast<double>(), like.options().dtype(at::kDouble));
  }

  Estimate of(const py::object& value, const Segment& segment) const {
    Estimate out;
    out.estimator = spec();
    out.unit = unit_;
    out.n = segment.x.size(0);
    if (!value.is_none()) out.value = number(value, segment.x).reshape({});
    return out;
  }

  Held object_;
  Unit unit_;
  bool whole_segments_;
};

py::object finite(double value) {
  return std::isnan(value) ? py::none() : py::object(py::float_(value));
}

void bind_estimate(py::module_& m) {
  py::class_<Estimate>(m, "Estimate")
      .def_readonly("estimator", &Estimate::estimator)
      .def_property_readonly("value", &Estimate::number)
      .def_property_readonly(
          "tensor",
          [](const Estimate& e) { return e.value.defined() ? py::cast(e.value) : py::none(); })
      .def_property_readonly("unit", [](const Estimate& e) { return to_string(e.unit); })
      .def_property_readonly("bound", [](const Estimate& e) { return to_string(e.bound); })
      .def_readonly("n", &Estimate::n)
      .def_property_readonly("standard_error",
                             [](const Estimate& e) { return finite(e.standard_error); })
      .def_property_readonly("ceiling", [](const Estimate& e) { return finite(e.ceiling); })
      .def_property_readonly("null_mean", [](const Estimate& e) { return finite(e.null_mean); })
      .def_readonly("warnings", &Estimate::warnings);
}

void bind_segment(py::module_& m) {
  const auto optional = [](const Tensor& t) { return t.defined() ? py::cast(t) : py::none(); };
  py::class_<Representation>(m, "Representation",
                             "One layer as the network saw it, after its activation function.")
      .def_readonly("name", &Representation::name)
      .def_readonly("value", &Representation::value, "(n, ...), with its graph in a training step")
      .def_property_readonly(
          "logits", [optional](const Representation& r) { return optional(r.logits); },
          "before softmax, log_softmax or sigmoid, else None");
  py::class_<Segment>(m, "Segment", "A dynamics segment: the input, the layers, the label.")
      .def_readonly("x", &Segment::x)
      .def_readonly("layers", &Segment::layers)
      .def_property_readonly("y", [optional](const Segment& s) { return optional(s.y); })
      .def_readonly("classes", &Segment::classes)
      .def_readonly("deterministic", &Segment::deterministic)
      .def(
          "one_hot",
          [](const Segment& s) {
            return label_matrix(s, at::empty({0}, s.x.options().dtype(at::kFloat)));
          },
          "The label as (n, classes) float32; targets as they are.");
}

void bind_estimators(py::module_& m) {
  py::class_<Estimator, EstimatorPtr>(m, "Estimator")
      .def_property_readonly("spec", &Estimator::spec)
      .def_property_readonly("unit", [](const Estimator& e) { return to_string(e.unit()); })
      .def_property_readonly("axes",
                             [](const Estimator& e) {
                               const AxisNames names = e.axes();
                               return py::make_tuple(names.complexity, names.generalization);
                             })
      .def_property_readonly("differentiable", &Estimator::differentiable)
      .def("estimate",
           [](const Estimator& e, const Tensor& x, const Tensor& y, const std::string& unit) {
             return run_engine([&] { return in_unit(e.estimate(x, y), parse_unit(unit)); });
           })
      .def("evaluate", [](const Estimator& e, const Tensor& x, const std::vector<Tensor>& layers,
                          const Tensor& y, int64_t classes) {
        Segment segment;
        segment.x = x;
        segment.y = y;
        segment.classes = classes;
        for (size_t i = 0; i < layers.size(); ++i) {
          segment.layers.push_back({fmt::format("layer {}", i + 1), layers[i]});
        }
        const auto all = run_engine([&] { return e.evaluate(segment); });
        std::vector<std::pair<Estimate, Estimate>> out;
        for (const auto& pair : all) out.emplace_back(pair.complexity, pair.generalization);
        return out;
      });
  m.def("make_criterion",
        [](py::object object, std::string spec, const std::string& unit, bool whole_segments) {
          return EstimatorPtr(std::make_shared<PythonCriterion>(std::move(object), std::move(spec),
                                                                unit, whole_segments));
        });
  m.def("estimators", [] { return describe_registry(estimators()); });
  m.def("make_estimator", py::overload_cast<const std::string&>(&make_estimator));
  m.def("make_estimator_with", [](const std::string& name, const py::dict& options) {
    return make_estimator(name, to_table(options));
  });
  m.def("citation", &citation);
}

// Known-truth tasks and the contract: what a user's own criterion is tested by.
void bind_trials(py::module_& m) {
  m.def(
      "check_estimator", [](const EstimatorPtr& estimator, bool discrete, bool symmetric,
                            bool translated, bool scaled, bool rotated, double tolerance,
                            double gaussian_error, std::map<std::string, std::string> exceptions) {
        const EstimatorClaims claims{discrete, symmetric, translated,     scaled,
                                     rotated,  tolerance, gaussian_error, std::move(exceptions)};
        std::vector<std::pair<std::string, std::string>> out;
        for (const auto& fault : run_engine([&] { return check_estimator(*estimator, claims); })) {
          out.emplace_back(fault.check, fault.what);
        }
        return out;
      });
  m.def("tasks", [] {
    std::vector<std::tuple<std::string, int64_t, int64_t, double>> out;
    for (const auto& t : tasks()) out.emplace_back(t.name, t.x_columns, t.y_columns, t.truth);
    return out;
  });
  m.def("sample", [](const std::string& name, int64_t n, uint64_t seed) {
    const Sample drawn = run_engine([&] { return sample(task(name), n, seed); });
    return std::pair(drawn.x, drawn.y);
  });
}

void bind_functions(py::module_& m) {
  m.def("entropies", [] { return describe_registry(entropies()); });
  m.def("entropy", [](const std::string& name, const py::dict& options, const Tensor& x,
                      const std::string& unit) {
    const EntropyFunction entropy = entropies().make(name, to_table(options));
    return run_engine([&] { return in_unit(entropy(x), parse_unit(unit)); });
  });
  m.def("conditional_mutual_information", [](const Tensor& x, const Tensor& y, const Tensor& z,
                                             const py::dict& given, const std::string& unit) {
    CMIOptions options;
    fill(options, to_table(given), "cmi");
    return run_engine([&] {
      return in_unit(conditional_mutual_information(x, y, z, options), parse_unit(unit));
    });
  });
  m.def("multi_information",
        [](const std::vector<Tensor>& variables, const py::dict& given, const std::string& unit) {
          MultiInformationOptions options;
          fill(options, to_table(given), "multi_information");
          return run_engine(
              [&] { return in_unit(multi_information(variables, options), parse_unit(unit)); });
        });
  m.attr("cmi_fields") = describe_fields(describe<CMIOptions>());
  m.attr("multi_information_fields") = describe_fields(describe<MultiInformationOptions>());
  m.def("parse_spec", [](const std::string& text) {
    const Spec spec = parse_spec(text);
    return py::make_tuple(spec.name, to_python({spec.options}));
  });
}

}  // namespace

void bind_information(py::module_& m) {
  bind_estimate(m);
  bind_segment(m);
  bind_estimators(m);
  bind_trials(m);
  bind_functions(m);
}

}  // namespace glow::python
