#include "python/bindings/datasets.h"

#include "glow/datasets/registry.h"
#include "glow/datasets/splits.h"
#include "python/bindings/engine.h"

namespace glow::python {

void PythonSource::begin_epoch(int64_t) {
  const py::gil_scoped_acquire gil;
  iterator_.emplace((*begin_)());
}

bool PythonSource::next(Batch& batch) {
  const py::gil_scoped_acquire gil;
  const py::object item = py::reinterpret_steal<py::object>(PyIter_Next((*iterator_)->ptr()));
  if (!item) {
    if (PyErr_Occurred()) throw py::error_already_set();
    return false;
  }
  std::tie(batch.x, batch.y) = item.cast<std::pair<Tensor, Tensor>>();
  return true;
}

namespace {

// One epoch of a loader, with an order of its own: two of them do not disturb each other.
class EpochIterator {
 public:
  EpochIterator(const Loader& loader, int64_t epoch) : loader_(loader) {
    loader_.begin_epoch(epoch);
  }
  py::tuple next() {
    Batch batch;
    bool more;
    {
      const py::gil_scoped_release release;
      more = loader_.next(batch);
    }
    if (!more) throw py::stop_iteration();
    return py::make_tuple(batch.x, batch.y);
  }

 private:
  Loader loader_;
};

py::tuple as_tuple(Loaders loaders) {
  return py::make_tuple(std::move(loaders.train), std::move(loaders.validation),
                        std::move(loaders.test));
}

}  // namespace

void bind_datasets(py::module_& m) {
  py::class_<EpochIterator>(m, "EpochIterator")
      .def("__iter__", [](py::object self) { return self; })
      .def("__next__", &EpochIterator::next);
  py::class_<BatchSource, std::shared_ptr<BatchSource>>(m, "BatchSource")
      .def("batches", &BatchSource::batches)
      .def_property_readonly("size", &BatchSource::size)
      .def_property_readonly("classes", &BatchSource::classes);
  py::class_<PythonSource, BatchSource, std::shared_ptr<PythonSource>>(m, "PythonSource")
      .def(py::init<py::object, int64_t, int64_t, int64_t>());
  py::class_<Loader, BatchSource, std::shared_ptr<Loader>>(m, "Loader")
      .def(py::init<>())
      .def_property_readonly("batch_size", [](const Loader& l) { return l.options().batch_size; })
      .def_property_readonly(
          "name", [](const Loader& l) { return l.empty() ? std::string() : l.dataset().name; })
      .def("epoch", [](const Loader& l, int64_t epoch) { return EpochIterator(l, epoch); })
      .def("all", [](const Loader& l, std::optional<int64_t> limit) {
        const Batch batch = l.all(limit);
        return py::make_tuple(batch.x, batch.y);
      });

  m.def("data_sets", [] { return describe_registry(data_sets()); });
  m.def("load_options", [] { return describe_fields(describe<LoadOptions>()); });
  // `set`: the data set's own options; `loading`: those of LoadOptions.
  m.def("load_data", [](const std::string& name, const py::dict& set, const py::dict& loading) {
    LoadOptions options;
    fill(options, to_table(loading), "load_data");
    const Table table = to_table(set);
    return as_tuple(
        run_engine([&] { return make_loaders(data_sets().make(name, table), options); }));
  });
  // Training and validation loaders of x (n, ...) and y; `held_out` is (x, y) that validate.
  m.def("tensor_loaders", [](const Tensor& x, const Tensor& y, const py::dict& loading,
                             const std::optional<std::pair<Tensor, Tensor>>& held_out) {
    LoadOptions options;
    fill(options, to_table(loading), "loaders");
    Loaders made = run_engine([&] {
      Dataset data = dataset_of(x, y);
      std::optional<Dataset> apart;
      if (held_out) {
        apart = dataset_of(held_out->first, held_out->second);
        apart->classes = data.classes = std::max(data.classes, apart->classes);
      }
      return make_loaders(std::move(data), std::move(apart), options);
    });
    Loader& validation = held_out ? made.test : made.validation;
    return py::make_tuple(std::move(made.train), std::move(validation));
  });
}

}  // namespace glow::python
