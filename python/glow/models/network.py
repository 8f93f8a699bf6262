"""Networks, and Sequential: layers one after the other."""

import copy
import operator
import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from numbers import Integral

import torch
from torch import nn

from glow import _core
from glow._arrays import class_names, class_numbers, holds_classes, to_tensor
from glow._device import choose
from glow._progress import Bars
from glow.callbacks import as_list, to_engine
from glow.datasets import as_source
from glow.errors import StateError
from glow.layer import as_layer
from glow.losses import to_engine as loss_to_engine
from glow.metrics import to_engine as metric_to_engine
from glow.models.history import History
from glow.optimizers import spec as optimizer_spec


class Network:
    """A network: layers and a forward pass.

    Subclass it, add layers in the constructor, write ``forward``. Shapes are inferred by one pass
    over zeros, at the latest in ``compile``.

    Parameters
    ----------
    input_shape : tuple of int
        Of one example.
    gpu : bool, optional
        PyGlow's word: True takes a GPU, and without one warns once and takes the CPU.
    device : str, optional
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``: strict.
    seed : int, default 0
        Of initial values, dropout, noise and the order of data given to ``fit``.

    Examples
    --------
    >>> import glow, torch
    >>> class Branches(glow.Network):
    ...     def __init__(self):
    ...         super().__init__((12,))
    ...         self.left = self.add(glow.layers.Dense(8, activation="tanh"))
    ...         self.right = self.add(glow.layers.Dense(8, activation="relu"))
    ...         self.out = self.add(glow.layers.Dense(2, activation="softmax"))
    ...     def forward(self, x):
    ...         return self.out(torch.cat([self.left(x), self.right(x)], 1))
    >>> Branches().predict(torch.zeros(3, 12)).shape
    torch.Size([3, 2])
    """

    def __init__(self, input_shape, gpu: bool | None = None, *, device=None, seed: int = 0):
        self._begin(input_shape, choose(gpu, device), seed)

    def _begin(self, input_shape, device: str, seed: int) -> None:
        shape = (input_shape,) if isinstance(input_shape, Integral) else tuple(input_shape)
        shape = tuple(operator.index(size) for size in shape)
        self.input_shape = shape
        self.class_names: list[str] | None = None  # where labels were given as words
        self._trainer: int | None = None  # the thread that trains this network
        self.seed = operator.index(seed)
        self._device = device
        self._layers: list = []
        self._compiled: dict | None = None
        self.history: History | None = None
        self.stop_training = False
        self._engine = self._make_engine(shape, device, seed)

    def _make_engine(self, shape: tuple, device: str, seed: int):
        this = weakref.ref(self)  # the engine must not keep alive what keeps it
        return _core.PythonNetwork(shape, device, seed, lambda x: this().forward(x))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The output for a batch x (n, ...)."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(self, x)")

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return self._engine.forward(to_tensor(x, "x").to(torch.float32))

    def __repr__(self) -> str:
        layers = ", ".join(map(repr, self.layers))
        return f"{type(self).__name__}(input_shape={self.input_shape}: {layers})"

    # Building

    def add(self, layer):
        """Add a layer of :mod:`glow.layers`, a :class:`glow.layer.Layer` or a torch module."""
        self._check_thread("add")
        if self._trainer is not None:
            raise StateError("add: the network is training")
        kept, engine = as_layer(layer)
        self._engine.add(engine)
        self._layers.append((kept, engine))
        return kept

    @property
    def layers(self) -> list:
        """The layers, in the order they were added."""
        return [getattr(kept, "module", kept) for kept, _ in self._layers]

    @property
    def output_shape(self) -> tuple:
        """Of one example, as the last layer gives it."""
        return self._layers[-1][1].output_shape if self._layers else self.input_shape

    @property
    def device(self) -> torch.device:
        return torch.device(self._engine.device)

    def compile(
        self,
        optimizer="SGD",
        loss="cross_entropy",
        metrics: Sequence | None = (),
        learning_rate: float | None = None,
        momentum: float | None = None,
    ) -> None:
        """Say how to train.

        Parameters
        ----------
        optimizer : str or glow.optimizers.Optimizer
            ``"SGD"``, ``"adam"``, a spec ``"SGD(learning_rate=0.01)"``.
        loss : str or callable
            A name of :mod:`glow.losses`; a function of (prediction, target); or a function of one
            argument, the :class:`segment <glow.losses.Segment>`, for losses that see every layer.
        metrics : sequence of str or callable
            Names of :mod:`glow.metrics`, or functions of (y_true, y_pred).
        learning_rate, momentum : float, optional
            Of an optimizer given by name; PyGlow's 0.001 and 0.95 are the defaults of SGD.
        """
        self._check_thread("compile")
        metrics = as_list(metrics)
        given = {
            "optimizer": optimizer_spec(optimizer, learning_rate, momentum),
            "loss": loss,
            "metrics": list(metrics),
        }
        engine_loss = loss_to_engine(loss, self)
        engine_metrics = [metric_to_engine(metric) for metric in metrics]
        # The collector sees no cycle that runs through the engine: a function that refers to this
        # network is kept by the network alone.
        self._functions = {}
        if isinstance(engine_loss, tuple):
            kind, name, function = engine_loss
            engine_loss = (kind, name, self._kept("loss", function))
        for i, metric in enumerate(engine_metrics):
            if isinstance(metric, tuple):
                engine_metrics[i] = (metric[0], self._kept(f"metric {i}", metric[1]))
        self._engine.compile(given["optimizer"], engine_loss, engine_metrics)
        self._compiled = given

    def _kept(self, name: str, function: Callable) -> Callable:
        self._functions[name] = function
        this = weakref.ref(self)
        title = getattr(function, "__name__", type(function).__name__)

        def call(*arguments):
            value = this()._functions[name](*arguments)
            value = getattr(value, "tensor", value)  # an Estimate is its tensor
            if name == "loss" and not isinstance(value, torch.Tensor):
                raise TypeError(f"the loss {title} gives a 0-d tensor, not {type(value).__name__}")
            return value

        return call

    # Training

    def fit(
        self,
        x=None,
        y=None,
        batch_size: int = 32,
        epochs: int = 1,
        validation_split: float = 0.0,
        show_plot: bool = False,
        *,
        validation_data=None,
        shuffle: bool = True,
        verbose: int = 1,
        callbacks: Sequence | None = (),
        x_train=None,
        y_train=None,
        num_epochs: int | None = None,
    ) -> History:
        """Train on arrays or tensors.

        Parameters
        ----------
        x, y : array_like
            x (n, ...), y class numbers (n) or targets (n, d). x may be a loader or any iterable of
            (x, y) batches instead, as in Keras.
        batch_size, epochs : int
        validation_split : float
            Random share that validates, drawn once.
        validation_data : (x, y), optional
        shuffle : bool
        verbose : int
            0: no progress.
        callbacks : sequence
            Of :mod:`glow.callbacks`.
        x_train, y_train, num_epochs, show_plot
            PyGlow's names.

        Returns
        -------
        History
        """
        x = x if x_train is None else x_train
        y = y if y_train is None else y_train
        epochs = epochs if num_epochs is None else num_epochs
        if y is None and not isinstance(x, torch.Tensor) and hasattr(x, "__iter__"):
            return self.fit_generator(
                x, validation_data, epochs, show_plot, verbose=verbose, callbacks=callbacks
            )
        options = {"batch_size": batch_size, "shuffle": shuffle, "seed": self.seed}
        held_out = apart = None
        if validation_data is None:
            options["validation_split"] = validation_split
        elif isinstance(validation_data, (tuple, list)) and len(validation_data) == 2:
            apart = validation_data
        else:
            held_out = as_source(validation_data, self)
        if holds_classes(y, "y"):
            self.class_names = class_names(y, *([apart[1]] if apart else []))
        if apart:
            apart = (to_tensor(apart[0], "validation x"), self._labels(apart[1]))
        train, validation = _core.tensor_loaders(to_tensor(x, "x"), self._labels(y), options, apart)
        held_out = held_out or validation
        return self._fit(train, held_out, epochs, show_plot, verbose, callbacks)

    def _labels(self, y) -> torch.Tensor:
        """Labels as numbers; words as ``fit`` has numbered them, in ``class_names``."""
        if not holds_classes(y, "y"):
            return to_tensor(y, "y")
        if self.class_names is None:
            raise StateError("classes given as words are numbered by fit, which comes first")
        return class_numbers(y, self.class_names)

    def fit_generator(
        self,
        train_loader,
        val_loader=None,
        num_epochs: int = 1,
        show_plot: bool = False,
        *,
        verbose: int = 1,
        callbacks: Sequence | None = (),
        epochs: int | None = None,
    ) -> History:
        """Train on a loader of :mod:`glow.datasets`, or any iterable of (x, y) batches.

        Our own loaders never pass through Python; a torch ``DataLoader`` or a list of pairs does.
        """
        epochs = num_epochs if epochs is None else epochs
        train = as_source(train_loader, self)
        validation = None if val_loader is None else as_source(val_loader, self)
        return self._fit(train, validation, epochs, show_plot, verbose, callbacks)

    def _fit(self, train, validation, epochs, show_plot, verbose, callbacks) -> History:
        self._check_thread("fit")
        epochs = operator.index(epochs)
        self.stop_training = False
        watching = [to_engine(callback, self) for callback in as_list(callbacks)]
        bars = Bars() if verbose else None
        if bars:
            watching.append(_core.make_progress(bars))
        params = {"epochs": epochs, "steps": train.batches(), "verbose": verbose}
        outer, self._trainer = self._trainer, threading.get_ident()
        try:
            self._engine.fit(train, validation, epochs, watching)
        finally:
            self._trainer = outer
            self._trained(params)
            if bars:
                bars.close()
        if show_plot:
            self.plot_loss()
        return self.history

    def _check_thread(self, what: str) -> None:
        if self._trainer not in (None, threading.get_ident()):
            raise StateError(f"{what}: the network is training in another thread")

    def _trained(self, params: dict) -> None:
        """After a training, however it ended."""
        self.history = History(self._engine.history, params)

    def plot_loss(self, ax=None):
        """Loss against epochs, of training and validation."""
        from glow import _plotting

        return _plotting.loss(self.history.history if self.history else {}, ax)

    def evaluate(self, x, y=None, batch_size: int = 256) -> dict:
        """Loss and metrics in evaluation mode, by name, of arrays or of a loader."""
        if y is None:
            return self._engine.evaluate(as_source(x, self))
        options = {"batch_size": batch_size, "shuffle": False}
        data, _ = _core.tensor_loaders(to_tensor(x, "x"), self._labels(y), options, None)
        return self._engine.evaluate(data)

    def predict(self, x, batch_size: int = 256):
        """The output for x (n, ...) in evaluation mode: an array for an array, else a tensor."""
        out = self._engine.predict(to_tensor(x, "x").to(torch.float32), batch_size)
        return out if isinstance(x, torch.Tensor) else out.numpy()

    # Looking at it

    def summary(self, print_fn: Callable[[str], None] = print) -> None:
        """Print Keras' table of layers, output shapes and parameters."""
        text = self._engine.summary()
        print_fn(text.replace(type(self._engine).__name__, type(self).__name__).rstrip("\n"))

    def parameter_count(self) -> int:
        return self._engine.parameter_count()

    def named_parameters(self) -> Iterator[tuple[str, torch.Tensor]]:
        """(name, tensor) pairs; the tensors are the network's own."""
        self._engine.build()
        yield from self._engine.parameters()

    def parameters(self) -> Iterator[torch.Tensor]:
        for _, tensor in self.named_parameters():
            yield tensor

    def train(self, mode: bool = True):
        self._engine.train(mode)
        return self

    def eval(self):
        return self.train(False)

    # Weights

    def state_dict(self) -> OrderedDict:
        """Parameters and buffers by name, as of a ``torch.nn.Module``; see ``to_torch``."""
        self._engine.build()
        return OrderedDict((name, tensor.detach()) for name, tensor in self._engine.weights())

    def load_state_dict(self, state) -> None:
        """Copy the weights of ``state_dict``, of this network or of its ``to_torch``."""
        self._check_thread("load_state_dict")
        self._engine.build()
        ours = {name for name, _ in self._engine.weights()}
        # torch counts batches in its normalizations, which nothing of ours reads.
        given = [
            (name, torch.as_tensor(tensor))
            for name, tensor in state.items()
            if name in ours or not name.endswith("num_batches_tracked")
        ]
        self._engine.load_weights(given)

    def save(self, path) -> None:
        """Write the weights as safetensors."""
        self._engine.build()
        self._engine.save(os.fspath(path))

    def load(self, path) -> None:
        """Read weights that ``save`` wrote."""
        self._engine.build()
        self._engine.load(os.fspath(path))

    # Copies

    def __getstate__(self) -> dict:
        state = {
            k: v for k, v in self.__dict__.items() if k not in ("_engine", "_layers", "_functions")
        }
        state["_kept"] = [kept for kept, _ in self._layers]
        state["_weights"] = [(n, t.detach().cpu().clone()) for n, t in self._engine.weights()]
        state["_classes"] = self._engine.classes
        return state

    def __setstate__(self, state: dict) -> None:
        state = dict(state)
        kept, weights = state.pop("_kept"), state.pop("_weights")
        classes = state.pop("_classes")
        self.__dict__.update(state)
        self._layers = []
        self._engine = self._make_engine(self.input_shape, self._device, self.seed)
        for layer in kept:
            Network.add(self, layer)
        if weights:
            self._engine.build()
            self._engine.load_weights(weights)
        self._engine.classes = classes
        if self._compiled:
            self.compile(**self._compiled)

    def __copy__(self):
        return copy.deepcopy(self)  # two networks share no weights

    def __deepcopy__(self, memo: dict):
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return twin


class Sequential(Network):
    """Layers one after the other, built as they are added.

    Parameters
    ----------
    input_shape : tuple of int
        Of one example: ``(1, 28, 28)``.
    gpu, device, seed
        As :class:`Network`.

    Examples
    --------
    >>> import glow
    >>> model = glow.Sequential(input_shape=(4,))
    >>> model.add(glow.layers.Dense(3, activation="relu"))
    >>> model.add(glow.layers.Dense(2, activation="softmax"))
    >>> model.parameter_count()
    23
    """

    def _make_engine(self, shape, device, seed):
        return _core.Sequential(shape, device, seed)

    def add(self, layer) -> None:
        """Add a layer; one that does not fit the shape before it is an error here."""
        super().add(layer)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self._engine.forward(x)

    def to_torch(self) -> nn.Sequential:
        """An equivalent ``torch.nn.Sequential``: copies of the weights under the same names."""
        from glow._to_torch import to_torch

        return to_torch(self)
