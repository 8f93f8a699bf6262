#include <chrono>

#include "glow/models/ib_sequential.h"
#include "glow/models/network.h"
#include "python/bindings/datasets.h"
#include "python/bindings/engine.h"
#include "python/bindings/training.h"

namespace glow::python {
namespace {

/// A network whose `forward` is a Python function.
class PythonNetwork : public Network {
 public:
  PythonNetwork(Shape input_shape, const NetworkOptions& options, py::object forward)
      : Network(std::move(input_shape), options), forward_(std::move(forward)) {}

  Tensor forward(const Tensor& x) override {
    const py::gil_scoped_acquire gil;
    return (*forward_)(x).cast<Tensor>();
  }

 private:
  Held forward_;
};

/// Serves the program's signal handlers ten times a second while the engine runs.
CallbackPtr signal_watch() {
  struct SignalWatch : Callback {
    std::chrono::steady_clock::time_point due;
    void look() {
      const auto now = std::chrono::steady_clock::now();
      if (now < due) return;
      due = now + std::chrono::milliseconds(100);
      const py::gil_scoped_acquire gil;
      InterruptScope::check();
    }
    void on_train_batch_end(Training&, const Step&) override { look(); }
    void on_test_batch_end(Training&, int64_t) override { look(); }
  };
  return std::make_shared<SignalWatch>();
}

py::list pairs(const NamedTensors& tensors) {
  py::list out;
  for (const auto& [name, tensor] : tensors) out.append(py::make_tuple(name, tensor));
  return out;
}

py::dict series(const History& history) {
  py::dict out;
  for (const auto& [name, values] : history.series()) out[py::str(name)] = py::cast(values);
  return out;
}

CompileOptions compile_options(const py::object& optimizer, const py::object& loss,
                               const py::list& metrics) {
  CompileOptions options;
  options.optimizer = OptimizerChoice(optimizer.cast<std::string>());
  options.loss = to_loss(loss);
  for (const auto metric : metrics) {
    options.metrics.push_back(to_metric(py::reinterpret_borrow<py::object>(metric)));
  }
  return options;
}

void bind_network(py::module_& m) {
  py::class_<Network, std::shared_ptr<Network>>(m, "Network")
      .def("add", [](Network& n, const LayerPtr& layer) { run_engine([&] { n.add(layer); }); })
      .def("build", [](Network& n) { run_engine([&] { n.build(); }); })
      .def("compile",
           [](Network& n, const py::object& optimizer, const py::object& loss,
              const py::list& metrics) {
             CompileOptions options = compile_options(optimizer, loss, metrics);
             run_engine([&] { n.compile(std::move(options)); });
           })
      .def("fit",
           [](Network& n, BatchSource& train, BatchSource* validation, int64_t epochs,
              std::vector<CallbackPtr> callbacks) {
             callbacks.insert(callbacks.begin(), signal_watch());
             run_engine([&] {
               Loader none;
               n.fit_generator(train, validation ? *validation : none, epochs, {0, callbacks});
               // Python says why: `check` raises before this does.
               if (n.result().end == LoopEnd::interrupted) throw Interrupted("interrupted");
             });
           })
      .def("evaluate",
           [](Network& n, BatchSource& data) {
             // A loader may be half way through an epoch of training: its copy begins anew.
             if (const auto* loader = dynamic_cast<const Loader*>(&data)) {
               Loader own = *loader;
               return to_dict(run_engine([&] { return n.evaluate(own); }));
             }
             return to_dict(run_engine([&] { return n.evaluate(data); }));
           })
      .def("predict",
           [](Network& n, const Tensor& x, int64_t batch_size) {
             return run_engine([&] { return n.predict(x, batch_size); });
           })
      .def("forward",
           [](Network& n, const Tensor& x) {
             const py::gil_scoped_release release;
             return n.forward(x);
           })
      .def("observe", [](Network& n, const Tensor& x,
                         const Tensor& y) { return run_engine([&] { return n.observe(x, y); }); })
      .def("train", [](Network& n, bool on) { n.train(on); })
      .def_property_readonly("training", [](const Network& n) { return n.is_training(); })
      .def("summary", [](Network& n) { return run_engine([&] { return n.summary(); }); })
      .def("save",
           [](const Network& n, const std::string& path) { run_engine([&] { n.save(path); }); })
      .def("load", [](Network& n, const std::string& path) { run_engine([&] { n.load(path); }); })
      .def("weights", [](const Network& n) { return pairs(n.weights()); })
      .def("load_weights",
           [](Network& n, const NamedTensors& weights) {
             run_engine([&] { n.load_weights(weights); });
           })
      .def("parameters",
           [](const Network& n) {
             py::list out;
             for (const auto& item : n.named_parameters()) {
               out.append(py::make_tuple(item.key(), item.value()));
             }
             return out;
           })
      .def("parameter_count",
           [](Network& n) { return run_engine([&] { return n.parameter_count(); }); })
      .def_property_readonly("history", [](const Network& n) { return series(n.history()); })
      .def_property_readonly("layers", &Network::layers)
      .def_property_readonly("device", [](const Network& n) { return n.device().str(); })
      .def_readwrite("classes", &Network::classes);
}

}  // namespace

void bind_models(py::module_& m) {
  bind_network(m);
  py::class_<PythonNetwork, Network, std::shared_ptr<PythonNetwork>>(m, "PythonNetwork")
      .def(py::init([](Shape shape, const std::string& device, int64_t seed, py::object forward) {
        return std::make_shared<PythonNetwork>(std::move(shape), NetworkOptions{device, seed},
                                               std::move(forward));
      }));
  py::class_<Sequential, Network, std::shared_ptr<Sequential>>(m, "Sequential")
      .def(py::init([](Shape shape, const std::string& device, int64_t seed) {
        return std::make_shared<Sequential>(std::move(shape), NetworkOptions{device, seed});
      }));
  py::class_<IBSequential, Sequential, std::shared_ptr<IBSequential>>(m, "IBSequential")
      .def(py::init([](Shape shape, const std::string& device, int64_t seed, bool track_dynamics,
                       bool save_dynamics, const std::string& name, const py::object& every,
                       const std::string& on, int64_t snapshots, const std::string& unit,
                       const std::vector<std::string>& layers, int64_t save_limit) {
        IBSequentialOptions options{.device = device,
                                    .seed = seed,
                                    .track_dynamics = track_dynamics,
                                    .save_dynamics = save_dynamics,
                                    .name = name};
        options.save_limit = save_limit;
        read_value(to_value(every), options.dynamics.every);
        options.dynamics.on = on;
        options.dynamics.snapshots = snapshots;
        options.dynamics.unit = parse_unit(unit);
        options.dynamics.layers = layers;
        return std::make_shared<IBSequential>(std::move(shape), options);
      }))
      .def("attach_evaluator",
           [](IBSequential& n, const EstimatorPtr& e) { n.attach_evaluator(e); })
      .def("set_probe", &IBSequential::set_probe)
      .def_property_readonly("rows", [](const IBSequential& n) { return n.plane(); })
      .def_property_readonly("warnings", &IBSequential::warnings)
      .def_property_readonly("folder", &IBSequential::folder);
}

}  // namespace glow::python
