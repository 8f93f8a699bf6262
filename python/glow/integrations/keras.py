"""A tracker as a callback of Keras 3, on its torch backend."""

from collections.abc import Iterator

try:
    import keras
except ImportError as error:
    raise ImportError("glow.integrations.keras needs Keras 3: pip install keras") from error

from torch import nn

from glow.errors import StateError, ValueError
from glow.plane import Plane
from glow.watching import Tracker
from glow.watching._layers import AMENDING, amends

if keras.config.backend() != "torch":
    raise ImportError(
        f"Keras runs on {keras.config.backend()}, and a tracker watches torch: set the environment "
        "variable KERAS_BACKEND to torch before keras is imported"
    )

for _name in dir(keras.layers):
    _kind = getattr(keras.layers, _name)
    if isinstance(_kind, type) and any(
        f".layers.{room}." in _kind.__module__ for room in ("activations", "normalization")
    ):
        AMENDING.append(_kind)


class TrackerCallback(keras.callbacks.Callback):
    """Watches a Keras model on the information plane while it is fitted.

    Parameters
    ----------
    evaluators : sequence
    probe : (x, y)
        Keras tells a callback nothing of the batches.
    layers : str, sequence of str or callable, optional
        By Keras' names of layers, ``"dense*"``; in a model that is a layer, ``"encoder/dense"``.
        When absent, all with weights that are no normalization or activation.
    **options
        ``every``, ``on``, ``tokens``, … of :class:`glow.Tracker`.

    Attributes
    ----------
    tracker : glow.Tracker
        Of the fit that runs, or the last one.
    plane : glow.Plane

    Examples
    --------
    >>> callback = TrackerCallback(["hsic"], probe=(x, y), every="epoch")  # doctest: +SKIP
    >>> model.fit(x_train, y_train, epochs=10, callbacks=[callback])       # doctest: +SKIP
    >>> callback.plane.plot()                                              # doctest: +SKIP
    """

    def __init__(self, evaluators, probe, layers=None, **options):
        super().__init__()
        if probe is None:
            raise ValueError("the tracker of a Keras model needs a probe, (x, y)")
        self.tracker: Tracker | None = None
        self._layers = layers
        self._options = {"evaluators": evaluators, "probe": probe, **options}

    @property
    def plane(self) -> Plane:
        """What was measured so far."""
        if self.tracker is None:
            raise StateError("there is no plane before a fit has begun")
        return self.tracker.plane

    def on_train_begin(self, logs=None) -> None:
        view = _View(self.model)
        self.tracker = Tracker(view, layers=self._layers or view.weighty, **self._options)
        self.tracker.name = self._options.get("name") or self.model.name

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.tracker.step()

    def on_epoch_end(self, epoch, logs=None) -> None:
        self.tracker.end_epoch()

    def on_train_end(self, logs=None) -> None:
        self.tracker.close()


class _View(nn.Module):
    """A Keras model as a torch module whose parts have the names of its layers."""

    def __init__(self, model):
        super().__init__()
        self._whole = [model]  # in a list, which torch takes for no part
        self.weighty = []
        for name, layer in _named(model):
            self.add_module(name, layer)
            if layer.weights and not amends(layer):
                self.weighty.append(name)

    def forward(self, *args, **named):
        given = args[0] if len(args) == 1 else list(args) or named  # as a Keras model takes several
        return self._whole[0](given)


def _named(model, prefix: str = "") -> Iterator[tuple]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _named(layer, f"{prefix}{layer.name}/")
        else:
            yield prefix + layer.name, layer


__all__ = ["TrackerCallback"]
