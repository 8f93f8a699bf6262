"""Metrics: functions of (y_true, y_pred), the mean over the examples."""

import torch

from glow import _core, _described


def _built_in(name: str, doc: str):
    def metric(y_true: torch.Tensor, y_pred: torch.Tensor) -> float:
        return _core.metric_value(name, y_pred.detach(), y_true)

    return _described.built_in(metric, name, doc)


_functions = {name: _built_in(name, doc) for name, doc, _ in _core.metrics()}
globals().update(_functions)
#: PyGlow's name of accuracy.
categorical_accuracy = _functions["accuracy"]


def get(identifier: str):
    """The metric of that name."""
    if identifier not in _functions:
        raise ValueError(f"unknown metric '{identifier}'; known: {', '.join(_functions)}")
    return _functions[identifier]


def to_engine(metric):
    """What ``compile`` was given, as the engine takes it."""
    if isinstance(metric, str):
        return "accuracy" if metric == "acc" else metric
    name = getattr(metric, "_engine_name", None)
    if name:
        return name
    if not callable(metric):
        raise TypeError(f"a metric is a name or a function, not {type(metric).__name__}")
    return (getattr(metric, "__name__", type(metric).__name__), metric)


__all__ = ["categorical_accuracy", "get", *_functions]
