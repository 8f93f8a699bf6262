#include "python/bindings/engine.h"

#include <signal.h>

#include "glow/core/stop.h"

namespace glow::python {
namespace {

struct sigaction of_python;
int depth = 0;  // of scopes on the main thread, which alone touches this

void on_interrupt(int signal) {
  request_stop(signal);
  of_python.sa_handler(signal);  // Python's own, which only notes it
}

bool on_main_thread() {
  const auto threading = py::module_::import("threading");
  return threading.attr("current_thread")().is(threading.attr("main_thread")());
}

}  // namespace

InterruptScope::InterruptScope() {
  if (!on_main_thread()) return;
  struct sigaction current;
  sigaction(SIGINT, nullptr, &current);
  // Ignored, or of a program that embeds Python: that is its own business.
  if (depth == 0 && (current.sa_handler == SIG_IGN || current.sa_handler == SIG_DFL ||
                     (current.sa_flags & SA_SIGINFO))) {
    return;
  }
  counted_ = true;
  outermost_ = depth++ == 0;
  if (!outermost_) return;
  of_python = current;
  current.sa_handler = on_interrupt;
  sigaction(SIGINT, &current, nullptr);
}

InterruptScope::~InterruptScope() {
  if (counted_) --depth;
  if (!outermost_) return;
  sigaction(SIGINT, &of_python, nullptr);
  clear_stop();
}

void InterruptScope::check() {
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace glow::python
