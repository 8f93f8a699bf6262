"""Information theory of deep networks.

What each layer of a network keeps of its input and knows of the label, while it trains
(:class:`glow.models.IBSequential`, :class:`glow.Tracker` for any PyTorch module); estimators of
dependence as functions (:func:`glow.mutual_information`, :func:`glow.hsic`, …); and the planes,
figures and reports that come out. Programs written for PyGlow run as they stand.
"""

import sys as _sys

from glow import (
    _start,  # noqa: F401  checks torch, before anything needs the engine
    activations,
    callbacks,
    datasets,
    information,
    information_bottleneck,
    integrations,
    layer,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    preprocessing,
)
from glow._core import __version__
from glow.errors import DataError, Error, GlowWarning, Interrupted, StateError
from glow.errors import ValueError as ValueError  # not in __all__: it would hide the builtin
from glow.information import *  # noqa: F403  the functions: mutual_information, entropy, hsic, …
from glow.information import Estimate, Estimator, check_estimator, sample, tasks
from glow.models import History, IBSequential, Network, Sequential
from glow.plane import Plane, read_plane
from glow.watching import Tracker, trace

# The name as PyGlow's documentation spells it.
_sys.modules["glow.information_bottelneck"] = information_bottleneck
_sys.modules["glow.information_bottelneck.estimator"] = information_bottleneck.estimator
information_bottelneck = information_bottleneck

__all__ = [
    "DataError",
    "Error",
    "Estimate",
    "Estimator",
    "GlowWarning",
    "History",
    "IBSequential",
    "Interrupted",
    "Network",
    "Plane",
    "Sequential",
    "StateError",
    "Tracker",
    "__version__",
    "activations",
    "callbacks",
    "check_estimator",
    "datasets",
    "information",
    "information_bottleneck",
    "integrations",
    "layer",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "preprocessing",
    "read_plane",
    "sample",
    "tasks",
    "trace",
    *information.__all__,
]
