"""What the tests of the Python package share."""

import os
import subprocess
import sys

import pytest
import torch

import glow


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """Run folders of save_dynamics and whatever else a test writes."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def one_thread():
    """torch's own draws seeded, and small modules on one thread, which is quicker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def data():
    """Two classes that a line separates: x (240, 12), y (240)."""
    x = torch.randn(240, 12, generator=torch.Generator().manual_seed(0))
    return x, (x[:, 0] + x[:, 1] > 0).long()


@pytest.fixture
def make_model():
    """A small network with an information plane, compiled."""

    def make(loss="cross_entropy", metrics=("accuracy",), optimizer="adam", **options):
        model = glow.IBSequential(input_shape=(12,), **options)
        model.add(glow.layers.Dense(8, activation="tanh"))
        model.add(glow.layers.Dense(2, activation="softmax"))
        model.compile(optimizer, loss, list(metrics))
        return model

    return make


@pytest.fixture
def run_python(tmp_path):
    """Runs a program of its own; gives its stdout and stderr."""

    def run(code, *arguments, check=True, timeout=300):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=timeout,
            env={**os.environ, "PYTHONWARNINGS": ""},
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    return run
