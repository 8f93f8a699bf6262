"""A tracker as a callback of Lightning."""

from collections.abc import Callable, Mapping

try:
    from lightning.pytorch.callbacks import Callback
except ImportError:
    try:
        from pytorch_lightning.callbacks import Callback
    except ImportError as error:
        raise ImportError(
            "glow.integrations.lightning needs Lightning: pip install lightning"
        ) from error

from glow.errors import StateError, ValueError
from glow.plane import Plane
from glow.watching import Tracker


class TrackerCallback(Callback):
    """Watches a LightningModule on the information plane while a Trainer trains it.

    Parameters
    ----------
    evaluators, layers, probe
        As of :class:`glow.Tracker`.
    module : str, optional
        The part that is watched, by its dotted name (``"model"``): the one that the training step
        calls. The LightningModule itself when absent.
    labels : callable, optional
        ``batch -> y``, without a probe. When absent the second of a tuple, or ``"labels"``,
        ``"label"`` or ``"y"`` of a dict.
    **options
        ``every``, ``on``, ``tokens``, … of :class:`glow.Tracker`.

    Attributes
    ----------
    tracker : glow.Tracker
        Of the training that runs, or the last one.
    plane : glow.Plane

    Examples
    --------
    >>> callback = TrackerCallback(["hsic"], probe=(x, y), every="epoch")  # doctest: +SKIP
    >>> Trainer(max_epochs=10, callbacks=[callback]).fit(module, loader)   # doctest: +SKIP
    >>> callback.plane.plot()                                              # doctest: +SKIP
    """

    def __init__(
        self,
        evaluators,
        layers=None,
        probe=None,
        *,
        module: str = "",
        labels: Callable | None = None,
        **options,
    ):
        self.tracker: Tracker | None = None
        self._options = {"evaluators": evaluators, "layers": layers, "probe": probe, **options}
        self._module = module
        self._labels = labels or _labels
        self._updates = 0

    @property
    def plane(self) -> Plane:
        """What was measured so far."""
        if self.tracker is None:
            raise StateError("there is no plane before a training has begun")
        return self.tracker.plane

    def on_train_start(self, trainer, pl_module) -> None:
        self._updates = trainer.global_step
        self.tracker = Tracker(pl_module.get_submodule(self._module), **self._options)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx) -> None:
        if trainer.global_step == self._updates:  # gradients are only being accumulated
            return
        self._updates = trainer.global_step
        self.tracker.step(self._labels(batch) if self._options["probe"] is None else None)

    def on_train_epoch_end(self, trainer, pl_module) -> None:
        self.tracker.end_epoch()

    def on_train_end(self, trainer, pl_module) -> None:
        self.tracker.close()

    def on_exception(self, trainer, pl_module, exception) -> None:
        if self.tracker is not None:
            self.tracker.__exit__(type(exception), exception, None)


def _labels(batch):
    if isinstance(batch, Mapping):
        for key in ("labels", "label", "y"):
            if key in batch:
                return batch[key]
    elif isinstance(batch, (tuple, list)) and len(batch) > 1:
        return batch[1]
    raise ValueError("which labels does a batch have? Give labels=batch -> y, or a probe")


__all__ = ["TrackerCallback"]
