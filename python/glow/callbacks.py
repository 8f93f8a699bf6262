"""Callbacks with Keras' names, arguments and meanings."""

from pathlib import Path

from glow import _core

_HOOKS = (
    "on_train_begin",
    "on_epoch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_batch_end",
    "on_epoch_end",
    "on_train_end",
)


class Callback:
    """Looks on while a network trains: override what is of interest.

    ``self.model`` is the network; ``self.params`` has ``epochs`` and ``steps``. Epochs and batches
    count from 0. ``self.model.stop_training = True`` ends the training after the batch.
    What ``on_epoch_end`` adds to ``logs`` is part of the history. A hook that is not overridden
    costs a step nothing.
    """

    model = None
    params: dict | None = None

    def on_train_begin(self, logs=None): ...
    def on_epoch_begin(self, epoch, logs=None): ...
    def on_train_batch_end(self, batch, logs=None): ...
    def on_test_begin(self, logs=None): ...
    def on_test_batch_end(self, batch, logs=None): ...
    def on_epoch_end(self, epoch, logs=None): ...
    def on_train_end(self, logs=None): ...


class LambdaCallback(Callback):
    """A callback of functions: ``LambdaCallback(on_epoch_end=lambda epoch, logs: …)``."""

    def __init__(self, **hooks):
        for name, function in hooks.items():
            if name not in _HOOKS:
                raise TypeError(f"unknown hook '{name}'; known: {', '.join(_HOOKS)}")
            setattr(self, name, function)


class _Adapter:
    """What the engine calls."""

    def __init__(self, callback: Callback, model):
        self._callback = callback
        self._model = model
        callback.model = model

    def set_params(self, epochs: int, steps: int) -> None:
        self._callback.params = {"epochs": epochs, "steps": steps}

    def stop_requested(self) -> str | None:
        return "a callback asked to stop" if self._model.stop_training else None

    def __getattr__(self, name: str):
        return getattr(self._callback, name)


class _BuiltIn:
    """A callback of the engine."""

    def _make(self):
        raise NotImplementedError


class EarlyStopping(_BuiltIn):
    """Stop when the monitored number has not improved for more than `patience` epochs."""

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        mode: str = "auto",
        restore_best_weights: bool = False,
    ):
        self._options = (monitor, min_delta, patience, mode, restore_best_weights)

    def _make(self):
        return _core.early_stopping(*self._options)


class ModelCheckpoint(_BuiltIn):
    """Write the weights (safetensors) after each epoch.

    The path may hold ``{epoch}`` and any logged name with a format:
    ``"w-{epoch:02}-{val_loss:.3f}.safetensors"``.
    """

    def __init__(
        self,
        filepath,
        monitor: str = "val_loss",
        save_best_only: bool = False,
        mode: str = "auto",
    ):
        self._options = (str(Path(filepath)), monitor, save_best_only, mode)

    def _make(self):
        return _core.model_checkpoint(*self._options)


class CSVLogger(_BuiltIn):
    """Write the logs of each epoch as a line of a CSV file."""

    def __init__(self, filename):
        self._path = str(filename)

    def _make(self):
        return _core.csv_logger(self._path)


class TerminateOnNaN(_BuiltIn):
    """Stop at the first loss that is no finite number. Every training has one already."""

    def _make(self):
        return _core.terminate_on_nan()


def as_list(given) -> list:
    """What Keras takes for callbacks and metrics: several, one, or None."""
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def to_engine(callback, model):
    """What the engine calls for a callback given to ``fit``."""
    if isinstance(callback, _BuiltIn):
        return callback._make()
    if not isinstance(callback, Callback):
        hint = ": give an object, not the class" if isinstance(callback, type) else ""
        raise TypeError(
            f"a callback is one of glow.callbacks, or a subclass of Callback, not "
            f"{callback.__name__ if isinstance(callback, type) else type(callback).__name__}{hint}"
        )
    base, own = Callback, type(callback)
    for name in dir(callback):
        if name.startswith("on_") and name not in _HOOKS:
            raise TypeError(f"a callback has no hook '{name}'; known: {', '.join(_HOOKS)}")
    hooks = [
        name
        for name in _HOOKS
        if getattr(own, name) is not getattr(base, name) or name in vars(callback)
    ]
    return _core.make_callback(_Adapter(callback, model), hooks)


__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "LambdaCallback",
    "ModelCheckpoint",
    "TerminateOnNaN",
]
