// Losses, metrics and callbacks written in Python.
#pragma once

#include "glow/training/callback.h"
#include "glow/training/losses.h"
#include "glow/training/metrics.h"
#include "python/bindings/bindings.h"

namespace glow::python {

/// A name, ("prediction", name, f(prediction, target)) or ("segment", name, f(segment)).
Loss to_loss(const py::object& given);

/// A name, or (name, f(y_true, y_pred)) with one value, or one an example.
Metric to_metric(const py::object& given);

py::dict to_dict(const Logs& logs);

}  // namespace glow::python
