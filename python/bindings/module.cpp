// The module glow._core: what the Python package is made of.
#include "python/bindings/bindings.h"

PYBIND11_MODULE(_core, m) {
  using namespace glow::python;
  m.doc() = "The C++ engine of glow. Programs use the package glow, which is made of it.";
  bind_core(m);
  bind_information(m);
  bind_datasets(m);
  bind_layers(m);
  bind_training(m);
  bind_dynamics(m);
  bind_models(m);
  bind_report(m);
}
