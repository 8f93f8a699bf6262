"""Networks with Keras' words, trained by the C++ engine."""

from glow.models.history import History
from glow.models.ib_sequential import IBSequential
from glow.models.network import Network, Sequential
from glow.models.paradigms import HSIC, VIB, HSICSequential

__all__ = ["HSIC", "HSICSequential", "History", "IBSequential", "Network", "Sequential", "VIB"]
