"""A module, what is watched of it, and the rows that came out: what trackers and traces share."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from glow import _core
from glow._arrays import labels_and_inputs, to_tensor
from glow._start import _warn
from glow.errors import ValueError
from glow.information import estimator
from glow.plane import Plane
from glow.watching import _layers
from glow.watching._passes import (
    Pass,
    Recorder,
    device_of,
    drew_since,
    generator_states,
    generators_kept,
    mixes_batch,
    undisturbed,
)


class Watcher:
    """Watches forward passes of a module and measures them.

    Parameters
    ----------
    module, evaluators, layers, tokens, select, unit, classes
        As of :class:`glow.Tracker`.
    """

    def __init__(self, module, evaluators, layers, *, tokens, select, unit, classes):
        self.inner = _layers.unwrapped(_checked(module))
        self._parts = _layers.parts_of(self.inner)
        self._watched = _layers.chosen(self._parts, layers)
        self._amending = [
            (part, _layers.around(name, self._watched))
            for name, part in self._parts.items()
            if name not in self._watched and _layers.amends(part)
        ]
        _layers.check_tokens(tokens)
        self._tokens, self._select = tokens, select
        self._estimators = _estimators(evaluators)
        self._meter = _core.Meter([e._engine(held=False) for e in self._estimators], unit)
        self._warnings: list[str] = []
        self._note = _noting(self._warnings)
        self._meter.set_warning_sink(self._note)
        self._classes, self._most = classes, 0
        self._known: dict[str, tuple] = {}  # representations: their number, layer and shape
        self._left_out: dict[str, str] = {}
        self.rows = _core.Rows()

    # Passes

    def recorder(self) -> Recorder:
        return Recorder(self._watched, self._amending, self._select)

    def begin(self, args: tuple, kwargs: dict) -> torch.Tensor:
        """X of a pass that is about to run."""
        x = _layers.input_of(self.inner, args, kwargs)
        if x is None:
            raise ValueError(f"{type(self.inner).__name__} is given no tensor of numbers for X")
        return _layers.kept(x)

    def end(self, x: torch.Tensor, recorder: Recorder, output, drew: bool, mode: str) -> Pass:
        """The pass that has run."""
        last = _layers.first_tensor(output)
        width = last.shape[1] if last is not None and last.dim() == 2 else 0
        return Pass(x, recorder.outputs, width, not (drew or mixes_batch(self.inner)), mode)

    def observe(self, args: tuple, kwargs: dict, autocast: bool = False) -> Pass:
        """A pass in evaluation mode, after which all is as it was."""
        device = device_of(self.inner)
        with undisturbed(self.inner, autocast):
            x = self.begin(args, kwargs)
            before = generator_states(device)
            with self.recorder() as recorder:
                output = self.inner(*args, **kwargs)
            return self.end(x, recorder, output, drew_since(before, device), "eval")

    # Measurements

    def measure(self, seen: Pass, y, *, on: str, epoch: int, step: int) -> None:
        """Add a row for each evaluator and representation."""
        _, y = labels_and_inputs(seen.x, y)
        x, turned = self._input_by_rows(seen.x, len(y))
        found = []
        for run, value in seen.outputs.items():
            layer = run if run in self._watched else run.rpartition(":")[0]
            for name, t in self._representations(run, layer, value, len(y), turned):
                number = self._known[name][0] if name in self._known else len(self._known) + 1
                self._known[name] = (number, layer, t.shape[1:])
                found.append((name, t.to(x.device), number))
        if not found:
            why = "; ".join(self._left_out.values()) or f"{', '.join(self._watched)} did not run"
            raise ValueError(f"there is nothing to measure: {why}")
        classes = self._class_count(y, seen.width if on == "batch" else 0)
        y = y.detach().to(x.device)
        with generators_kept(device_of(self.inner)):  # a criterion of one's own may draw
            rows = self._meter.measure(
                x, y, classes, found, seen.deterministic, 1, epoch, step, on, seen.mode
            )
        self.rows.extend(rows)

    def _input_by_rows(self, x: torch.Tensor, n: int) -> tuple[torch.Tensor, bool]:
        """X (n, ...), and whether it came as (t, n, ...)."""
        says = getattr(self.inner, "batch_first", None) is False
        if x.dim() > 1 and x.shape[1] == n and (says or x.shape[0] != n):
            return x.transpose(0, 1), True
        if x.dim() == 0 or x.shape[0] != n:
            raise ValueError(
                f"x is {_shape(x.shape)} and y has {n} rows: give the labels of the examples that "
                "the module was given (of several passes, those of the last)"
            )
        return x, False

    def _representations(self, run: str, layer: str, value, n: int, turned: bool) -> list:
        """What a layer's output is on the plane: (name, (n, ...)) pairs."""
        if value is not None and value.dim() > 2 and value.shape[1] == n:
            says = _layers.is_time_first(self._parts, layer)
            if says or (says is None and turned and value.shape[0] != n):
                value = value.transpose(0, 1)
        if value is None or value.dim() == 0 or value.shape[0] != n:
            self._leave_out(layer, value, n)
            return []
        if value.dim() != 3 or _layers.gives_maps(self._watched[layer]):
            return [(run, value)]
        return _layers.at_positions(run, value, self._tokens)

    def _leave_out(self, layer: str, value, n: int) -> None:
        if layer in self._left_out:
            return
        gave = "no tensor" if value is None else _shape(value.shape)
        self._left_out[layer] = (
            f"{layer} is left out: it gives {gave} for {n} examples; "
            "select=(name, output) -> tensor says what to take"
        )
        self._note(self._left_out[layer])

    def _class_count(self, y: torch.Tensor, width: int) -> int:
        if y.is_floating_point():
            return 0
        if self._classes:
            return self._classes
        largest = int(y.max()) + 1 if len(y) else 0
        self._most = max(self._most, width, largest)
        return self._most

    # What came out

    def plane(self, name: str, rows, batches: int) -> Plane:
        mine = _core.Rows()  # a copy: the watcher's own go on
        mine.extend(rows)
        return Plane(
            mine,
            name=name,
            batches=batches,
            layers=self._layer_table(),
            warnings=self._warnings,
        )

    def _layer_table(self) -> list:
        counted: set[nn.Parameter] = set()

        def count(module: nn.Module) -> int:  # each parameter once, where it comes first
            fresh = set(module.parameters()) - counted
            counted.update(fresh)
            return sum(parameter.numel() for parameter in fresh)

        table = []
        for name, (_, layer, shape) in self._known.items():
            part = self._watched[layer]
            table.append((name, type(part).__name__, _shape(shape), count(part), True))
        rest = count(self.inner)
        return [*table, ("", "other parts", "", rest, False)] if rest else table


class Probe:
    """Fixed examples (x, y), and how a module is called with them."""

    def __init__(self, given):
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise ValueError("a probe is a pair (x, y) of examples and their labels")
        x, self.y = given
        if isinstance(x, Mapping):
            self._args, self._kwargs = (), dict(x)
        elif isinstance(x, tuple):
            self._args, self._kwargs = x, {}
        else:
            self._args, self._kwargs = (x if torch.is_tensor(x) else np.asarray(x),), {}

    def observe(self, watcher: Watcher) -> Pass:
        device = device_of(watcher.inner)
        dtype = next((p.dtype for p in watcher.inner.parameters() if p.is_floating_point()), None)
        args = tuple(_moved(value, device, dtype) for value in self._args)
        kwargs = {key: _moved(value, device, dtype) for key, value in self._kwargs.items()}
        return watcher.observe(args, kwargs)


def place_of(on: str | None) -> str:
    """What the probe is of, checked."""
    places = ("probe", "train", "validation", "test", "all")
    if on is None:
        return "probe"
    if on not in places:
        raise ValueError(f"on says what the probe is of: {', '.join(places)}; not {on!r}")
    return on


def _moved(value, device: torch.device, dtype: torch.dtype | None):
    """Arrays as tensors; floating numbers in the module's own precision, as NumPy's rarely are."""
    if isinstance(value, np.ndarray):
        value = to_tensor(value)
        if value.is_floating_point() and dtype is not None:
            value = value.to(dtype)
    return value.to(device) if isinstance(value, torch.Tensor) else value


def _noting(warnings: list[str]) -> Callable[[str], None]:
    # No method: the engine would hold the watcher, and the collector sees no cycle through it.
    def note(text: str) -> None:
        warnings.append(text)
        _warn(text)

    return note


def _estimators(given) -> list:
    given = [] if given is None else given
    given = list(given) if isinstance(given, (list, tuple)) else [given]
    if not given:
        raise ValueError('there are no evaluators: give some, evaluators=["hsic", "binned"]')
    return [estimator(one) for one in given]


def _shape(sizes) -> str:
    return f"({', '.join(str(size) for size in sizes)})"


def _checked(module) -> nn.Module:
    if not isinstance(module, nn.Module):
        from glow.models import Network

        what, remedy = type(module).__name__, ""
        if isinstance(module, type):
            what, remedy = module.__name__, ": give an object, not the class"
        elif isinstance(module, Network):
            remedy = ": IBSequential watches itself, and to_torch() gives a module"
        raise TypeError(f"what is watched is a torch.nn.Module, not {what}{remedy}")
    if any(is_lazy(parameter) for parameter in module.parameters()):
        raise ValueError(
            "the module has parameters without a shape yet: run it once on a batch, then watch it"
        )
    return module
