#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/spec.h"
#include "glow/core/text.h"
#include "glow/core/version.h"
#include "python/bindings/bindings.h"

namespace glow::python {
namespace {

// Each error of glow is also the builtin that a Python programmer would catch.
void bind_errors(py::module_& m) {
  const auto error = py::register_local_exception<Error>(m, "Error", PyExc_RuntimeError);
  const auto both = [&](PyObject* builtin) { return py::make_tuple(error, py::handle(builtin)); };
  const std::vector<py::object> all = {
      error, py::register_local_exception<ValueError>(m, "ValueError", both(PyExc_ValueError)),
      py::register_local_exception<DataError>(m, "DataError", both(PyExc_ValueError)),
      py::register_local_exception<StateError>(m, "StateError", error),
      // No Error: `except Exception` must not swallow a Ctrl-C.
      py::register_local_exception<Interrupted>(m, "Interrupted", PyExc_KeyboardInterrupt)};
  for (const auto& type : all) type.attr("__module__") = "glow";  // what tracebacks call them
  // torch's own errors without the C++ stack, which is of no use to anybody here.
  py::register_local_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const c10::OutOfMemoryError&) {
      throw;
    } catch (const c10::Error& torch_error) {
      PyErr_SetString(PyExc_RuntimeError, torch_error.what_without_backtrace());
    }
  });
}

}  // namespace

namespace {

int64_t to_whole(py::handle object) {
  const auto number = py::int_(py::reinterpret_borrow<py::object>(object));
  int overflow = 0;
  const auto value = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0) throw ValueError("{} is too large", py::str(number).cast<std::string>());
  return value;
}

}  // namespace

Value to_value(py::handle object) {
  if (py::isinstance<py::bool_>(object)) return {object.cast<bool>()};
  if (py::isinstance<py::int_>(object)) return {to_whole(object)};
  if (py::isinstance<py::float_>(object)) return {object.cast<double>()};
  if (py::isinstance<py::str>(object)) return {object.cast<std::string>()};
  if (py::isinstance<py::dict>(object)) {
    return {to_table(py::reinterpret_borrow<py::dict>(object))};
  }
  if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
    List list;
    for (const auto item : object) list.push_back(to_value(item));
    return {list};
  }
  if (py::hasattr(object, "__fspath__")) {
    return {py::module_::import("os").attr("fspath")(object).cast<std::string>()};
  }
  // NumPy's numbers among others.
  if (PyIndex_Check(object.ptr())) return {to_whole(object)};
  if (py::hasattr(object, "__float__"))
    return {py::float_(py::reinterpret_borrow<py::object>(object)).cast<double>()};
  throw py::type_error(fmt::format("a setting is a number, a word, a list or a dict, not {}",
                                   py::str(py::type::of(object)).cast<std::string>()));
}

Table to_table(const py::dict& options) {
  Table table;
  for (const auto& [key, value] : options) {
    if (!value.is_none()) table.emplace_back(key.cast<std::string>(), to_value(value));
  }
  return table;
}

py::object to_python(const Value& value) {
  return std::visit(
      [](const auto& data) -> py::object {
        using T = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<T, List>) {
          py::list out;
          for (const auto& item : data) out.append(to_python(item));
          return out;
        } else if constexpr (std::is_same_v<T, Table>) {
          py::dict out;
          for (const auto& [key, item] : data) out[py::str(key)] = to_python(item);
          return out;
        } else {
          return py::cast(data);
        }
      },
      value.data);
}

py::list describe_fields(const std::vector<FieldDescription>& fields) {
  py::list out;
  for (const auto& field : fields) {
    py::object given = py::none();
    if (!field.default_value.empty()) {  // a default is written as in a spec
      given = to_python(parse_spec(fmt::format("of({}={})", field.name, field.default_value))
                            .options.front()
                            .second);
    }
    out.append(py::make_tuple(field.name, given, field.doc));
  }
  return out;
}

void bind_core(py::module_& m) {
  m.attr("__version__") = version();
  bind_errors(m);
  m.def("matches_glob", &matches_glob);
  m.def("did_you_mean", &did_you_mean);
  m.def("set_sinks", [](py::object warning, py::object talk) {
    const auto sink = [](py::object function) {
      return [held = Held(std::move(function))](const std::string& text) {
        const py::gil_scoped_acquire gil;
        (*held)(text);
      };
    };
    set_warning_sink(sink(std::move(warning)));
    set_talk_sink(sink(std::move(talk)));
  });
}

}  // namespace glow::python
