"""``python -m glow --cmake-dir`` for builds that use the library; anything else is the command."""

import argparse
from pathlib import Path

import glow


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m glow", description="Where glow is installed.")
    parser.add_argument("--version", action="version", version=glow.__version__)
    parser.add_argument(
        "--cmake-dir", action="store_true", help="the folder for CMAKE_PREFIX_PATH or glow_DIR"
    )
    arguments = parser.parse_args()
    if arguments.cmake_dir:
        print(Path(glow.__file__).parent / "lib" / "cmake" / "glow")
    else:
        parser.print_help()


if __name__ == "__main__":
    main()
