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

// A handler of the program's own may not want the engine to stop: it is served by `check`.
bool raises_keyboard_interrupt() {
  const auto signal = py::module_::import("signal");
  return signal.attr("getsignal")(SIGINT).is(signal.attr("default_int_handler"));
}

bool on_main_thread() {
  const auto main = py::module_::import("threading").attr("main_thread")();
  return main.attr("ident").cast<unsigned long>() == PyThread_get_thread_ident();
}

}  // namespace

InterruptScope::InterruptScope() {
  if (!on_main_thread() || (depth == 0 && !raises_keyboard_interrupt())) return;
  struct sigaction current;
  sigaction(SIGINT, nullptr, &current);
  if (depth == 0 && (current.sa_handler == SIG_IGN || current.sa_handler == SIG_DFL ||
                     (current.sa_flags & SA_SIGINFO))) {
    return;  // of a program that embeds Python
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
  struct sigaction current;
  sigaction(SIGINT, nullptr, &current);
  if (current.sa_handler == on_interrupt) sigaction(SIGINT, &of_python, nullptr);
  clear_stop();
}

void InterruptScope::check() {
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace glow::python
