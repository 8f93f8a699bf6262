"""The errors of glow: each is also the builtin that a Python programmer would catch."""

from glow._core import DataError, Error, Interrupted, StateError, ValueError


class GlowWarning(UserWarning):
    """What a careful reader of a result should know."""


__all__ = ["DataError", "Error", "GlowWarning", "Interrupted", "StateError", "ValueError"]
