"""A Sequential whose layers are watched on the information plane."""

import re
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from glow import _core
from glow._arrays import to_tensor
from glow.errors import ValueError
from glow.information import estimator as as_estimator
from glow.models.network import Sequential
from glow.plane import Plane


class IBSequential(Sequential):
    """A Sequential whose layers are watched on the information plane while it trains.

    Parameters
    ----------
    input_shape : tuple of int
    gpu : bool, optional
    track_dynamics : bool, default True
        False: nothing is measured, and no evaluator can be attached.
    save_dynamics : bool, default False
        Write plane.csv and raw segments to ``runs/<name>-<time>/``, named once on stderr.
    device, seed
        As :class:`Network`.
    name : str
    every : int or str, default "batch"
        ``"batch"``, a number of batches, ``"epoch"`` or ``"log"``.
    on : str, default "batch"
        ``"batch"``: the training batch itself, as it trained; or what the probe of ``set_probe`` is
        of: ``"train"``, ``"validation"``, ``"test"``, ``"all"``, in evaluation mode.
    snapshots : int, default 100
        With ``every="log"``.
    unit : {"nats", "bits"}
    layers : sequence of str
        Names or globs; all layers with parameters when empty.
    save_limit : int
        Bytes of raw segments.
    """

    def __init__(
        self,
        input_shape,
        gpu: bool | None = None,
        track_dynamics: bool = True,
        save_dynamics: bool = False,
        *,
        device=None,
        seed: int = 0,
        name: str = "ib_sequential",
        every="batch",
        on: str = "batch",
        snapshots: int = 100,
        unit: str = "nats",
        layers: Sequence[str] = (),
        save_limit: int = 2_000_000_000,
    ):
        if not re.fullmatch(r"[^/\0]{1,100}", name) or name.startswith("."):
            raise ValueError(f"a name is that of a folder, got {name!r}")
        self.track_dynamics = track_dynamics
        self.save_dynamics = save_dynamics
        self.name = name
        self._tracking = {
            "every": every,
            "on": on,
            "snapshots": snapshots,
            "unit": unit,
            "layers": [layers] if isinstance(layers, str) else list(layers),
            "save_limit": save_limit,
        }
        self.evaluator_list: list = []
        self._probe = None
        self._rows = _core.Rows()
        self._batches = 0
        super().__init__(input_shape, gpu, device=device, seed=seed)

    def _make_engine(self, shape, device, seed):
        return _core.IBSequential(
            shape,
            device,
            seed,
            self.track_dynamics,
            self.save_dynamics,
            self.name,
            *self._tracking.values(),
        )

    def attach_evaluator(self, evaluator) -> None:
        """Measure with this too: an estimator of :mod:`glow.information`, a spec, or one's own."""
        self._check_thread("attach_evaluator")
        made = as_estimator(evaluator)
        self._engine.attach_evaluator(made._engine(held=False))
        self.evaluator_list.append(made)  # holds it

    def set_probe(self, x, y) -> None:
        """The examples that are measured on when ``on`` is not ``"batch"``."""
        x, y = to_tensor(x, "x").to(torch.float32), self._labels(y)
        if len(x) != len(y):
            raise ValueError(f"a probe has as many labels as examples: {len(x)} and {len(y)}")
        self._engine.set_probe(x, y)
        self._probe = (x, y)

    def _trained(self, params: dict) -> None:
        super()._trained(params)
        self._rows = self._engine.rows
        self._batches = max(0, params["steps"])

    @property
    def plane(self) -> Plane:
        """The information plane of the last training, or of the one that goes on."""
        live = self._trainer == threading.get_ident()
        return Plane(
            self._engine.rows if live else self._rows,
            name=self.name,
            batches=self._batches,
            history=self.history.history if self.history else {},
            layers=self._layer_table(),
            warnings=self._engine.warnings,
            facts=[("seed", str(self.seed)), ("device", str(self.device))],
        )

    def _layer_table(self) -> list:
        out = []
        for _, engine in self._layers:
            shape = ", ".join(str(s) for s in engine.output_shape)
            count = sum(t.numel() for name, t in engine.parameters())
            name = engine.name if engine.has_parameters else ""
            out.append((name, engine.type, f"({shape})", count, engine.has_parameters))
        return out

    @property
    def evaluated_dynamics(self) -> np.ndarray:
        """(epochs, batches, evaluators, layers, 2): both coordinates, NaN where unknown."""
        return self._rows.array().numpy()

    @property
    def folder(self) -> Path | None:
        """The run folder of the last training with ``save_dynamics``."""
        return Path(self._engine.folder) if self._engine.folder else None

    def __getstate__(self):
        state = super().__getstate__()
        state["_rows"] = self._rows.columns()
        return state

    def __setstate__(self, state):
        state = dict(state)
        state["_rows"] = _core.Rows.from_columns(state["_rows"])
        super().__setstate__(state)
        for evaluator in self.evaluator_list:
            self._engine.attach_evaluator(evaluator._engine(held=False))
        if self._probe:
            self._engine.set_probe(*self._probe)
