"""Activation functions of tensors, by the names that layers take."""

import torch
from torch.nn import functional

from glow import _core

_TORCH = {
    "linear": lambda x: x,
    "softmax": lambda x, dim=1: functional.softmax(x, dim),
    "log_softmax": lambda x, dim=1: functional.log_softmax(x, dim),
}
_functions = {
    name: _TORCH.get(name) or getattr(functional, name, None) or getattr(torch, name)
    for name in _core.activation_names()
}
globals().update(_functions)


def get(identifier: str):
    """The activation function of that name."""
    if identifier not in _functions:
        raise ValueError(f"unknown activation '{identifier}'; known: {', '.join(_functions)}")
    return _functions[identifier]


__all__ = [*_functions, "get"]
