"""A project of a user's own finds the installed library, and runs."""

import subprocess
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_find_package(tmp_path):
    run("cmake", "--install", BUILD, "--prefix", tmp_path / "glow")
    prefixes = f"{tmp_path / 'glow'};{Path(torch.__file__).parent}"
    run("cmake", "-G", "Ninja", "-S", HERE, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefixes}")
    run("cmake", "--build", tmp_path)
    assert "Trainable params: 23" in run(tmp_path / "consumer")
