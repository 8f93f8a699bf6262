"""Loads the engine: torch first, and the one that the engine was built for."""

import importlib.util
import re
import sys
import warnings

from glow._build import TORCH_VERSION


def _minor(version: str) -> str:
    return re.match(r"\d+\.\d+", version).group()


def check_torch(installed: str | None, built_for: str = TORCH_VERSION) -> None:
    """Raise ImportError unless `installed` torch has the binary interface glow was built for."""
    remedy = f"pip install 'torch=={_minor(built_for)}.*'"
    if installed is None:
        raise ImportError(f"glow needs torch {_minor(built_for)}, and there is none: {remedy}")
    if _minor(installed) != _minor(built_for):
        raise ImportError(
            f"this glow was built for torch {_minor(built_for)}, and torch {installed} is "
            f"installed: {remedy}, or build glow anew against yours: "
            "pip install --no-build-isolation --force-reinstall --no-deps <the source of glow>"
        )


if importlib.util.find_spec("torch") is None:
    check_torch(None)
import torch  # noqa: E402

check_torch(torch.__version__)

from glow import _core  # noqa: E402
from glow.errors import GlowWarning  # noqa: E402


def _warn(text: str) -> None:
    # Past the frames of this package: where the user's own program called.
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] == "glow":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, GlowWarning, stacklevel=level)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


_core.set_sinks(_warn, _say)
