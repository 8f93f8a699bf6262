"""The information plane of a training that is over, from its checkpoints."""

import copy
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import torch
from torch import nn

from glow.errors import DataError, ValueError
from glow.plane import Plane
from glow.watching._watcher import Probe, Watcher, place_of

# Under what a checkpoint holds the weights, beside the optimizer's state and the like.
_NESTS = ("state_dict", "model_state_dict", "model")


def trace(
    model: nn.Module,
    checkpoints: Iterable | Mapping,
    probe,
    evaluators: Sequence,
    layers: str | Sequence[str] | Callable | None = None,
    *,
    on: str | None = None,
    tokens: str | int = "mean",
    select: Callable | None = None,
    unit: str = "nats",
    name: str | None = None,
    classes: int | None = None,
) -> Plane:
    """Measure a series of checkpoints of a model on one probe.

    Parameters
    ----------
    model : torch.nn.Module
        Takes the weights of one checkpoint after the other, and has its own again afterwards, also
        after an error.
    checkpoints : sequence or dict
        State dicts, or paths of ``.pt``, ``.pth``, ``.ckpt`` (read with ``weights_only=True``) or
        ``.safetensors``; in order, or by epoch, ``{0: ..., 10: ...}``. One at a time is in memory.
        The weights may lie under ``"state_dict"``, and their names have a prefix (``model.``).
    probe : (x, y)
    evaluators, layers, on, tokens, select, unit, name, classes
        As :class:`glow.Tracker`.

    Returns
    -------
    Plane
        ``epoch`` and ``step`` are the keys, or 0, 1, 2, ….

    Raises
    ------
    glow.ValueError
        A checkpoint that does not fit the model; no checkpoints.
    glow.DataError
        A file that holds no weights.
    ImportError
        A ``.safetensors`` file, without the package safetensors.

    Examples
    --------
    >>> import glow, torch
    >>> x = torch.randn(60, 4, generator=torch.Generator().manual_seed(0))
    >>> model = torch.nn.Linear(4, 2)
    >>> states = [{"weight": torch.ones(2, 4) * k, "bias": torch.zeros(2)} for k in range(3)]
    >>> plane = glow.trace(model, states, (x, (x[:, 0] > 0).long()), ["hsic"])
    >>> plane.columns["epoch"]
    [0, 1, 2]
    """
    watcher = Watcher(
        model, evaluators, layers, tokens=tokens, select=select, unit=unit, classes=classes
    )
    examples, place = Probe(probe), place_of(on)
    own = copy.deepcopy(watcher.inner.state_dict())
    try:
        for epoch, checkpoint in _by_epoch(checkpoints):
            _load(watcher.inner, checkpoint, epoch)
            seen = examples.observe(watcher)
            watcher.measure(seen, examples.y, on=place, epoch=epoch, step=epoch)
    finally:
        watcher.inner.load_state_dict(own)
    if not len(watcher.rows):
        raise ValueError("there are no checkpoints to measure")
    return watcher.plane(name or type(watcher.inner).__name__, watcher.rows, batches=1)


def _by_epoch(checkpoints) -> Iterable:
    if isinstance(checkpoints, Mapping):
        if not all(type(key) is int and key >= 0 for key in checkpoints):
            raise ValueError(
                "checkpoints is a sequence, or a dict of checkpoints by epoch: a single state dict "
                "goes into a list"
            )
        return sorted(checkpoints.items(), key=lambda item: item[0])
    if isinstance(checkpoints, (str, Path)):
        raise TypeError(
            "checkpoints is a sequence or a dict of them: a single one goes into a list"
        )
    return enumerate(checkpoints)


def _load(model: nn.Module, checkpoint, epoch: int) -> None:
    where = str(checkpoint) if isinstance(checkpoint, (str, Path)) else f"checkpoint {epoch}"
    state = _read(Path(checkpoint)) if isinstance(checkpoint, (str, Path)) else checkpoint
    for key in _NESTS:
        if isinstance(state, Mapping) and isinstance(state.get(key), Mapping):
            state = state[key]
    if not isinstance(state, Mapping):
        raise DataError(f"{where} is no state dict but {type(state).__name__}")
    try:
        model.load_state_dict(_without_prefix(state, list(model.state_dict())))
    except RuntimeError as error:
        raise ValueError(f"{where} does not fit the model: {error}") from error


def _without_prefix(state: Mapping, names: list[str]) -> Mapping:
    """The model's weights of a state dict that names them as a wrapper does, ``model.fc.bias``."""
    if not names or names[0] in state:
        return state
    for key in state:
        prefix = key.removesuffix(names[0])
        if prefix != key and all(prefix + name in state for name in names):
            return {name: state[prefix + name] for name in names}
    return state


def _read(path: Path):
    if path.suffix == ".safetensors":
        try:
            from safetensors.torch import load_file
        except ImportError as error:
            raise ImportError(f"{path} needs safetensors: pip install safetensors") from error
        return load_file(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise DataError(
            f"{path} holds more than weights, or is damaged: if you trust it, give "
            "torch.load(path, weights_only=False) in its place"
        ) from error
