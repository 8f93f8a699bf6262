"""Loaders: batches of the engine as a Python iterable, and iterables as batches of the engine."""

from collections.abc import Iterable, Iterator

import torch

from glow import _core
from glow._arrays import labels_and_inputs, to_tensor
from glow.errors import ValueError


class Loader:
    """Batches (x, y) of torch tensors, in another order every time it is iterated over.

    Attributes
    ----------
    size, classes, batch_size : int
        Examples of an epoch; classes of the data set (0: y are targets); examples of a batch.
    name : str

    Notes
    -----
    ``len(loader)`` is the number of batches. A training reads it in C++, without Python.
    """

    def __init__(self, engine: "_core.Loader"):
        self._engine = engine
        self._epoch = 0

    def __len__(self) -> int:
        return self._engine.batches()

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        self._epoch += 1
        return self._engine.epoch(self._epoch)

    size = property(lambda self: self._engine.size)
    classes = property(lambda self: self._engine.classes)
    batch_size = property(lambda self: self._engine.batch_size)
    name = property(lambda self: self._engine.name)

    def all(self, limit: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """All examples as one batch, or `limit` of them at random, always the same: a probe."""
        return self._engine.all(limit)

    def __repr__(self) -> str:
        return f"<Loader of {self.name or 'nothing'}: {self.size} examples in {len(self)} batches>"


_LOADING = [name for name, _, _ in _core.load_options() if name != "range"]
_OWN = {name: [option for option, _, _ in options] for name, _, options in _core.data_sets()}


def load_data(
    name: str, batch_size: int = 32, num_workers: int = 0, validation_split: float = 0.0, **options
) -> tuple[Loader, Loader, Loader]:
    """Training, validation and test loaders of a data set.

    Parameters
    ----------
    name : str
        ``mnist``, ``fashion_mnist``, ``cifar10``, ``szt``, or ``npz``, ``npy``, ``idx``, ``csv``
        with the options of these (``glow list datasets`` names them).
    batch_size : int, default 32
    num_workers : int
        Accepted and not needed: the data is in memory.
    validation_split : float, default 0
        Share of the training examples, drawn at random, that validates.
    **options
        ``limit``, ``shuffle``, ``drop_last``, ``seed``; of images ``range=[-1, 1]``; of szt
        ``rule``…

    Returns
    -------
    tuple of Loader
        A part that there is none of is an empty loader.

    Raises
    ------
    glow.DataError
        A damaged file.
    glow.Error
        There is none to be had: the message says which file to put where.
    """
    loading = {
        "batch_size": batch_size,
        "num_workers": num_workers,
        "validation_split": validation_split,
        **{key: value for key, value in options.items() if key in _LOADING},
    }
    own = {key: value for key, value in options.items() if key not in _LOADING}
    known = [*_LOADING, *_OWN.get(name, own)]  # an unknown set is named by the engine
    for key in own:
        if key not in known:
            hint = _core.did_you_mean(key, known)
            raise ValueError(f"{name} has no option '{key}'{hint}; known: {', '.join(known)}")
    return tuple(Loader(engine) for engine in _core.load_data(name, own, loading))


def loaders(
    x, y, batch_size: int = 32, validation_split: float = 0.0, shuffle: bool = True, seed: int = 0
) -> tuple[Loader, Loader]:
    """Training and validation loaders of arrays or tensors x (n, ...) and y."""
    options = {
        "batch_size": batch_size,
        "validation_split": validation_split,
        "shuffle": shuffle,
        "seed": seed,
    }
    made = _core.tensor_loaders(to_tensor(x, "x"), to_tensor(y, "y"), options, None)
    return Loader(made[0]), Loader(made[1])


def as_source(given, model=None) -> "_core.BatchSource":
    """A loader, or any iterable of (x, y), as what the engine reads batches from."""
    if isinstance(given, Loader):
        return given._engine
    if not isinstance(given, Iterable):
        raise TypeError(
            f"data is a loader or an iterable of (x, y) batches, not {type(given).__name__}"
        )
    once = isinstance(given, Iterator)
    used = False

    def begin() -> Iterator:
        nonlocal used
        if once and used:
            raise ValueError(
                "the data is a generator that was used up in the first epoch: give a list, a "
                "DataLoader, or an object whose __iter__ begins anew"
            )
        used = True
        return map(_pair, given)

    batches = _length(given)
    size = 0 if batches == 0 else _length(getattr(given, "dataset", None))
    return _core.PythonSource(begin, batches, size, _classes(given, model))


def _length(of) -> int:
    """-1 when not known: torch's streams say so by an error of one kind or another."""
    try:
        return len(of)
    except (TypeError, NotImplementedError):
        return -1


def _pair(item) -> tuple[torch.Tensor, torch.Tensor]:
    if not isinstance(item, (tuple, list)) or len(item) != 2:
        raise TypeError(f"a batch is a pair (x, y), got {type(item).__name__}")
    return labels_and_inputs(*item)


def _classes(given, model) -> int:
    """Of the data set, where its labels are classes: what it says, else the network's outputs."""
    named = getattr(getattr(given, "dataset", None), "classes", None)
    if isinstance(named, int):
        return named
    if isinstance(named, (list, tuple)):
        return len(named)
    shape = model.output_shape if model is not None else ()
    return max(shape[0], 2) if len(shape) == 1 else 0
