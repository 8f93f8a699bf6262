"""The installed package: what it holds, and what it says where it does not fit."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import glow
from glow import _start

PACKAGE = Path(glow.__file__).parent
installed = pytest.mark.skipif(not (PACKAGE / "bin").exists(), reason="glow is not installed")


def test_another_torch_is_refused_in_words():
    _start.check_torch("2.13.7+cu130", "2.13.0")
    with pytest.raises(ImportError, match=r"built for torch 2.13, and torch 2.14.0 is installed"):
        _start.check_torch("2.14.0", "2.13.0")
    with pytest.raises(ImportError, match=r"pip install 'torch==2.13.\*'"):
        _start.check_torch(None, "2.13.0")


@installed
def test_the_command_is_in_the_wheel():
    program = Path(sys.executable).parent / "glow"
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    assert done.stdout == f"glow {importlib.metadata.version('glow')}\n"
    assert importlib.metadata.version("glow") == glow.__version__


@installed
def test_the_library_is_in_the_wheel():
    done = subprocess.run(
        [sys.executable, "-m", "glow", "--cmake-dir"], capture_output=True, text=True, cwd="/"
    )
    folder = Path(done.stdout.strip())
    assert (folder / "glowConfig.cmake").exists()
    assert (PACKAGE / "include" / "glow" / "glow.h").exists()
    assert (PACKAGE / "lib" / "libglow.a").exists()


@installed
@pytest.mark.skipif(sys.platform != "linux", reason="ldd")
def test_what_it_needs_of_the_system():
    """Beyond torch and what every Linux has, all is in the wheel."""
    base = (
        "libc.",
        "libm.",
        "libdl.",
        "librt.",
        "libpthread.",
        "libstdc++",
        "libgcc_s",
        "ld-linux",
    )
    own = ("torch/lib/", "glow/libs/", "glow/bin/../libs/")
    for file in (*PACKAGE.glob("_core*.so"), PACKAGE / "bin" / "glow"):
        lines = subprocess.run(["ldd", file], capture_output=True, text=True).stdout.splitlines()
        assert lines
        for line in lines:
            name, _, where = line.strip().partition(" => ")
            known = name.split("/")[-1].startswith((*base, "linux-vdso"))
            assert known or any(part in where for part in own), line


def test_importing_is_quiet_and_brings_only_what_is_needed(run_python):
    done = run_python("import glow, sys; print(*sys.modules)")
    assert done.stderr == ""
    for name in ("matplotlib", "pandas", "scipy", "sklearn"):
        assert name not in done.stdout.split()
