"""``from glow.information_bottleneck.estimator import HSIC, Estimator``."""

from glow.information import Estimator, _classes

globals().update(_classes)
#: As PyGlow writes it.
EDGE = _classes["Edge"]

__all__ = ["EDGE", "Estimator", *_classes]
