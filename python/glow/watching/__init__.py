"""Any torch module on the information plane, while it trains or from its checkpoints."""

from glow.watching._checkpoints import trace
from glow.watching._tracker import Tracker

__all__ = ["Tracker", "trace"]
