// Running the engine from Python: without the GIL, and with Ctrl-C.
#pragma once

#include <type_traits>

#include "glow/core/error.h"
#include "python/bindings/bindings.h"

namespace glow::python {

/// While it lives on the main thread, SIGINT raises glow's stop flag as well as Python's own: so
/// the engine ends its step or estimate, and Python raises KeyboardInterrupt. Scopes nest.
class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  /// Throws KeyboardInterrupt (or what the program's own handler raises) if a signal came.
  static void check();

 private:
  bool counted_ = false, outermost_ = false;
};

/// f() with the GIL released. Where a signal came meanwhile, what Python makes of it is raised.
template <class F>
std::invoke_result_t<F> run_engine(F f) {
  const InterruptScope scope;
  const auto released = [&] {
    const py::gil_scoped_release release;
    return f();
  };
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      released();
      InterruptScope::check();
    } else {
      auto result = released();
      InterruptScope::check();
      return result;
    }
  } catch (const Interrupted&) {
    InterruptScope::check();
    throw;
  }
}

}  // namespace glow::python
