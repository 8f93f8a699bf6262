"""Estimators of dependence, as functions and as objects to attach.

``mutual_information`` and ``entropy`` take any estimator by name; each estimator is a function of
its own as well (``glow.information.ksg``), and a class that can be attached to a network or a
tracker (``glow.information.KSG``). Names, options and defaults are those of the engine.

The estimators
--------------
"""

from glow.information._docs import DOCS as _DOCS
from glow.information._estimate import Estimate
from glow.information._estimators import Estimator, check_estimator, class_name, estimator
from glow.information._estimators import make_classes as _make_classes
from glow.information._functions import (
    conditional_mutual_information,
    entropy,
    multi_information,
    mutual_information,
    sample,
    tasks,
)
from glow.information._functions import make_functions as _make_functions

__doc__ += "\n".join(f"{name:<18}{doc.title}" for name, doc in _DOCS.items()) + "\n"

# Where they are documented, whatever file they are written in.
for _public in (
    Estimate,
    Estimator,
    check_estimator,
    class_name,
    conditional_mutual_information,
    entropy,
    estimator,
    multi_information,
    mutual_information,
    sample,
    tasks,
):
    _public.__module__ = __name__

_classes = _make_classes()
_functions = _make_functions()
globals().update(_classes)
globals().update(_functions)
distance_correlation = _functions["dcor"]

#: What ``import glow`` gives as ``glow.…``; the other estimators are here.
__all__ = [
    "cka",
    "conditional_mutual_information",
    "dcor",
    "distance_correlation",
    "entropy",
    "hsic",
    "ksg",
    "multi_information",
    "mutual_information",
    "nhsic",
    "renyi",
]
