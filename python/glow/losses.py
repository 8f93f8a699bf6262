"""Losses: functions of (prediction, target), each the mean over the batch.

A model takes them by name (``loss="cross_entropy"``), and then computes a cross entropy from the
logits behind a softmax. As functions here they take the prediction as it is.
"""

import inspect
import warnings

import torch
from torch import nn

from glow import _core, _described
from glow.errors import GlowWarning

Segment = _core.Segment


def _built_in(name: str, doc: str):
    def loss(y_pred: torch.Tensor, y_true: torch.Tensor) -> torch.Tensor:
        return _core.loss_value(name, y_pred, y_true)

    return _described.built_in(loss, name, doc)


_functions = {name: _built_in(name, doc) for name, doc, _ in _core.losses()}
globals().update(_functions)
#: PyGlow's name of nll.
NLLLoss = _functions["nll"]


def HSICLoss(z, x, y, estimator, regularize_coeff):
    """criterion(z, x) − regularize_coeff · criterion(z, y), the classes y one-hot."""
    classes = int(y.max()) + 1
    target = nn.functional.one_hot(y.long(), classes).to(z.dtype) if y.dim() == 1 else y
    return estimator.criterion(z, x.flatten(1)) - regularize_coeff * estimator.criterion(z, target)


def get(identifier: str, **kwargs):
    """The loss of that name, PyGlow's ``NLLLoss`` and ``HSIC_loss`` among them."""
    old = {"NLLLoss": NLLLoss, "HSIC_loss": HSICLoss}
    if identifier in old:
        return old[identifier]
    if identifier not in _functions:
        known = ", ".join([*_functions, *old])
        raise ValueError(f"unknown loss '{identifier}'; known: {known}")
    return _functions[identifier]


def to_engine(loss, model=None):
    """What ``compile`` was given, as the engine takes it."""
    if isinstance(loss, str):
        return "nll" if loss == "NLLLoss" else loss
    name = getattr(loss, "_engine_name", None)
    if name:
        return name
    if not callable(loss):
        raise TypeError(f"a loss is a name or a function, not {type(loss).__name__}")
    if isinstance(loss, nn.CrossEntropyLoss) and model is not None and _ends_in_softmax(model):
        warnings.warn(
            "the network ends in a softmax and torch's CrossEntropyLoss applies another: "
            "loss='cross_entropy' computes it from the logits",
            GlowWarning,
            stacklevel=3,
        )
    title = getattr(loss, "__name__", type(loss).__name__)
    return ("segment" if _arguments(loss) == 1 else "prediction", title, loss)


def _arguments(function) -> int:
    """How many arguments it must be given: 2 for torch's loss modules."""
    if isinstance(function, nn.Module):
        function = function.forward
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return 2
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = [p for p in signature.parameters.values() if p.kind in places]
    return sum(p.default is inspect.Parameter.empty for p in found) or min(len(found), 2)


def _ends_in_softmax(model) -> bool:
    last = model.layers[-1] if model.layers else None
    return getattr(last, "config", {}).get("activation") == "softmax"


__all__ = ["HSICLoss", "NLLLoss", "Segment", "get", *_functions]
