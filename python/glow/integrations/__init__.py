"""Trackers as callbacks of other frameworks: ``glow.integrations.lightning`` and ``.keras``.

Each is imported when it is asked for, and says so where its framework is missing.
"""

import importlib

_ADAPTERS = ("keras", "lightning")


def __getattr__(name: str):
    if name in _ADAPTERS:
        return importlib.import_module(f"glow.integrations.{name}")
    raise AttributeError(f"module 'glow.integrations' has no attribute '{name}'")
