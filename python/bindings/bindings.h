// What the files of this folder share: one file a room, each adding its names to the module.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <torch/csrc/autograd/python_variable.h>
#include <torch/csrc/utils/pybind.h>

#include <memory>
#include <utility>

#include "glow/core/registry.h"
#include "glow/core/value.h"
#include "glow/dynamics/plane.h"

PYBIND11_MAKE_OPAQUE(std::vector<glow::PlaneRow>)

namespace glow::python {

namespace py = pybind11;

void bind_core(py::module_& m);
void bind_information(py::module_& m);
void bind_datasets(py::module_& m);
void bind_layers(py::module_& m);
void bind_training(py::module_& m);
void bind_models(py::module_& m);
void bind_dynamics(py::module_& m);
void bind_report(py::module_& m);

/// A Python object that C++ keeps: it may be let go from any thread, with the GIL or without.
class Held {
 public:
  explicit Held(py::object object)
      : object_(new py::object(std::move(object)), [](py::object* held) {
          if (!Py_IsInitialized()) return;  // the interpreter is gone, and the object with it
          const py::gil_scoped_acquire gil;
          delete held;
        }) {}
  const py::object& operator*() const { return *object_; }
  const py::object* operator->() const { return object_.get(); }

 private:
  std::shared_ptr<py::object> object_;
};

/// A Python value as a setting: bool, int, float, str, list or tuple, dict. None is left out of a
/// table. Throws TypeError.
Value to_value(py::handle object);
Table to_table(const py::dict& options);

/// The other way.
py::object to_python(const Value& value);

/// [(field, default or None, doc), …].
py::list describe_fields(const std::vector<FieldDescription>& fields);

/// [(name, doc, fields), …], in the order of the registry.
template <class Product>
py::list describe_registry(const Registry<Product>& registry) {
  py::list out;
  for (const auto& entry : registry.entries()) {
    out.append(py::make_tuple(entry.name, entry.doc, describe_fields(entry.fields)));
  }
  return out;
}

}  // namespace glow::python
