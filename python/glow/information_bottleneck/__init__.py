"""Estimators under the names of PyGlow."""

from glow.information_bottleneck import estimator
from glow.information_bottleneck.estimator import *  # noqa: F403

__all__ = ["estimator", *estimator.__all__]
