"""The type stubs of what the engine names: whole, up to date, and of use to mypy."""

import ast
import importlib
import inspect
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import glow
from glow import _core

PACKAGE = Path(glow.__file__).parent
TOOL = Path(__file__).parents[2] / "tools" / "make_stubs.py"
STUBS = [
    "_core",
    "activations",
    "information/__init__",
    "information_bottleneck/__init__",
    "information_bottleneck/estimator",
    "layers",
    "losses",
    "metrics",
    "optimizers",
]


def make_stubs(out, module_dir):
    return subprocess.run(
        [sys.executable, TOOL, out, "--module-dir", module_dir], capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def stubs(tmp_path_factory):
    out = tmp_path_factory.mktemp("stubs")
    done = make_stubs(out, Path(_core.__file__).parent)
    assert done.returncode == 0, done.stderr
    return out


def names_in(folder, name):
    """What a stub gives to others."""
    found = set()
    for node in ast.parse((folder / f"{name}.pyi").read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.add(node.targets[0].id)
        elif isinstance(node, ast.AnnAssign):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            found |= names_in(folder, node.module.removeprefix("glow.").replace(".", "/"))
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname for alias in node.names if alias.asname == alias.name}
    return found


def test_which_there_are(stubs):
    found = {str(path.relative_to(stubs).with_suffix("")) for path in stubs.rglob("*.pyi")}
    assert found == set(STUBS)


@pytest.mark.parametrize("name", STUBS)
def test_they_name_all_that_is_public(stubs, name):
    module = importlib.import_module(f"glow.{name}".replace("/", ".").removesuffix(".__init__"))
    public = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_")
        and (not inspect.ismodule(value) or value.__name__.startswith(f"{module.__name__}."))
    }
    known = names_in(stubs, name)
    assert public - known == set()
    assert {key for key in known if not hasattr(module, key)} == set()


@pytest.mark.parametrize("name", STUBS)
def test_those_that_are_installed_are_up_to_date(stubs, name):
    installed = PACKAGE / f"{name}.pyi"
    if not installed.exists():
        pytest.skip("no stubs here: this is the source")
    assert installed.read_text() == (stubs / f"{name}.pyi").read_text()


def test_signatures_are_those_of_the_package(stubs):
    tree = ast.parse((stubs / "information/__init__.pyi").read_text())
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        real = inspect.signature(getattr(glow.information, node.name))
        function = node if isinstance(node, ast.FunctionDef) else node.body[0]
        scope: dict = {}
        exec(f"from __future__ import annotations\n{ast.unparse(function)}", scope)
        found = inspect.signature(scope[function.name]).parameters.values()
        assert [(p.name, p.kind, p.default) for p in found if p.name != "self"] == [
            (p.name, p.kind, p.default) for p in real.parameters.values()
        ], node.name


def test_every_option_has_a_type(stubs):
    for name in ("information/__init__", "layers", "optimizers"):
        for node in ast.parse((stubs / f"{name}.pyi").read_text()).body:
            if isinstance(node, ast.ClassDef) and node.bases:
                constructor = ast.unparse(node.body[0])
                assert "Any" not in constructor, f"{node.name}: add it to _described._TYPES"


def test_without_the_module_it_says_so(tmp_path):
    done = make_stubs(tmp_path / "out", tmp_path)
    assert done.returncode == 1 and "no module _core in" in done.stderr
    assert not (tmp_path / "out").exists()


# What mypy says of programs that use the package


@pytest.fixture(scope="module")
def mypy(stubs, tmp_path_factory):
    pytest.importorskip("mypy")
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(PACKAGE, site / "glow", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    shutil.copytree(stubs, site / "glow", dirs_exist_ok=True)

    def check(program):
        """[(line, text)] of the errors."""
        (site / "program.py").write_text(textwrap.dedent(program))
        options = ["--config-file=", "--strict", "--follow-imports=silent", "--no-error-summary"]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *options, "program.py"],
            cwd=site,
            capture_output=True,
            text=True,
        )
        assert not done.stderr, done.stderr
        errors = [line.split(":", 2) for line in done.stdout.splitlines() if ": error:" in line]
        return [(int(line) if file == "program.py" else file, text) for file, line, text in errors]

    return check


RIGHT = """
    from collections.abc import Iterator

    import numpy as np
    import torch

    import glow
    from glow.information_bottleneck.estimator import EDGE, HSIC


    class Covariance(glow.Estimator):
        unit = "nats"

        def criterion(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return (x - x.mean(0)).T.mm(y - y.mean(0)).square().sum()


    def loss_of(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        total: torch.Tensor = loss + 0.1 * glow.hsic(x, y, sigma="median", unbiased=True)
        total = total - glow.renyi(x, y, alpha=2) / glow.cka(x, y)
        return total


    def estimates() -> Iterator[glow.Estimate]:
        x, y = glow.sample("1v1-normal-0.75", n=100, seed=3)
        yield glow.mutual_information(x, y)
        yield glow.mutual_information(x.tolist(), torch.tensor(y), "ksg", "bits", k=5)
        yield glow.mutual_information(x, y, glow.information.KSG(5, variant=2))
        yield glow.mutual_information(x, y, Covariance)
        yield glow.information.ksg(x, ["a", "b"] * 50, k=3, noise=None, unit="bits")
        yield glow.information.binned(x, y, bins=30, range=[-1, 1], correction="nsb")
        yield glow.entropy(x, "plugin")
        yield glow.conditional_mutual_information(x, y, x, k=3)
        yield glow.multi_information(x, y, x, unit="bits")
        yield EDGE(hashes=8)(x, y)
        yield HSIC(kernel="gaussian", gpu=True, sigma=5).estimate(x, y)
        yield Covariance().estimate(x, y)


    def numbers(estimate: glow.Estimate) -> list[float]:
        if estimate > 0.5 and estimate.standard_error is not None:
            return [float(estimate), estimate.standard_error, round(estimate, 2)]
        return [estimate.item(), float(np.asarray(estimate)), *map(float, sorted([estimate]))]


    def train() -> glow.Plane:
        model = glow.IBSequential(input_shape=(1, 28, 28), every="epoch")
        model.add(glow.layers.Conv2d(8, kernel_size=3, padding="same", activation="relu"))
        model.add(glow.layers.MaxPool2d((2, 2)))
        model.add(glow.layers.Flatten())
        model.add(glow.layers.Dropout(0.5))
        model.add(glow.layers.Dense(10, "softmax", use_bias=True))
        model.compile(glow.optimizers.Adam(0.01), glow.losses.cross_entropy, ["accuracy"])
        model.attach_evaluator(Covariance())
        x, y = np.random.default_rng(0).normal(size=(8, 1, 28, 28)), np.arange(8)
        history = model.fit(x, y, batch_size=4, epochs=2, verbose=0)
        print(history.history["loss"][-1], model.evaluate(x, y))
        return model.plane


    def watch(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> glow.Plane:
        tracker = glow.Tracker(model, [glow.information.HSIC(sigma=3)], probe=(x, y))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        loss_of(model, x, y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        tracker.step()
        plane: glow.Plane = tracker.plane
        print(plane.evaluators, plane.to_numpy().shape, plane.to_csv())
        return plane


    try:
        print([numbers(estimate) for estimate in estimates()])
        print(glow.activations.relu(torch.ones(3)))
        planes = [train(), watch(torch.nn.Linear(2, 2), torch.randn(40, 2), torch.arange(40) % 2)]
        assert all(len(plane) > 0 for plane in planes)
    except glow.ValueError as error:
        assert not isinstance(error, ValueError)
"""

WRONG = """
    import torch

    import glow

    x = torch.zeros(10, 2)
    glow.ksg(x, x, k="three")  # wrong
    glow.ksg(x, x, varient=2)  # wrong
    glow.ksg(x, x, 3)  # wrong
    glow.ksg(x)  # wrong
    glow.ksg(x, 3.0)  # wrong
    glow.hsic(x, x, kernel="gauss")  # wrong
    glow.hsic(x, x, sigma="mean")  # wrong
    glow.hsic(x, x, unit="bits")  # wrong
    glow.mutual_information(x, x, unit="bit")  # wrong
    glow.information.kernel_mi(x, x, kernel="linear")  # wrong
    glow.information.NoSuch()  # wrong
    glow.information.KSG(k=None)  # wrong
    glow.information.KSG(k=3).estimate(x)  # wrong
    glow.hsic(x, x).std  # wrong
    glow.layers.Dense("ten")  # wrong
    glow.layers.Dense(10, activation="rellu")  # wrong
    glow.layers.Dense(10, "relu", True)  # wrong
    glow.layers.Conv2d(10)  # wrong
    glow.optimizers.SGD(lr=0.1)  # wrong
    glow.losses.nll(x)  # wrong
    glow.metrics.accuracy(x, "x")  # wrong
    text: str = glow.ksg(x, x)  # wrong
    glow.IBSequential(every="epoch")  # wrong
    glow.read_plane("plane.csv").to_pandas()  # wrong
"""


def test_a_program_with_types_passes(mypy):
    assert mypy(RIGHT) == []


@pytest.mark.filterwarnings("ignore::glow.GlowWarning")
def test_and_it_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(textwrap.dedent(RIGHT), "program.py", "exec"), {"__name__": "program"})


def test_wrong_programs_are_told_where(mypy):
    lines = textwrap.dedent(WRONG).splitlines()
    expected = [number for number, line in enumerate(lines, 1) if line.endswith("# wrong")]
    found = mypy(WRONG)
    assert sorted({line for line, _ in found}) == expected, found
