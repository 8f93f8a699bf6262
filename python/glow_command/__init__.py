"""The `glow` command of a wheel: runs the program without importing torch, which takes a second."""

import importlib.util
import os
import sys
from pathlib import Path


def main() -> None:
    package = Path(importlib.util.find_spec("glow").submodule_search_locations[0])
    program = package / "bin" / "glow"
    if not program.exists():
        sys.exit(f"glow: {program} is missing: install glow anew")
    if not Path("/etc/fonts/fonts.conf").exists():  # figures then take matplotlib's fonts
        os.environ.setdefault("FONTCONFIG_FILE", str(package / "fonts.conf"))
    os.execv(program, ["glow", *sys.argv[1:]])
