"""Layers of one's own, and torch modules as layers."""

import torch
from torch import nn

from glow import _core
from glow.layers import Activation, BuiltInLayer

# Whose output is part of the representation of the layer before, as for the engine's own.
AMENDING = tuple(
    cls
    for module in (
        nn.modules.activation,
        nn.modules.batchnorm,
        nn.modules.instancenorm,
        nn.modules.normalization,
    )
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, nn.Module) and cls is not nn.Module
    if not issubclass(cls, (nn.Linear, nn.MultiheadAttention))
)
# What draws random numbers or mixes the batch while it trains.
_RANDOM = (
    nn.modules.dropout._DropoutNd,
    nn.modules.batchnorm._BatchNorm,
    nn.RReLU,
)
# The engine must know the logits behind these: a loss is computed from them.
_WITH_LOGITS = {nn.Softmax: "softmax", nn.LogSoftmax: "log_softmax", nn.Sigmoid: "sigmoid"}


class Layer(nn.Module):
    """A layer of one's own: a ``torch.nn.Module`` whose parameters are made when it is added.

    Write ``set_input(self, input_shape)``, which makes the parameters from the shape of one example
    and sets ``self.output_shape``, and ``forward(self, x)``.

    Examples
    --------
    >>> import glow, torch
    >>> class Scale(glow.layer.Layer):
    ...     def set_input(self, input_shape):
    ...         self.factor = torch.nn.Parameter(torch.ones(input_shape))
    ...         self.output_shape = input_shape
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> model = glow.Sequential(input_shape=(3,))
    >>> model.add(Scale())
    >>> model.parameter_count()
    3
    """

    output_shape: tuple

    def __init__(self, *args):
        super().__init__()
        self.args = args

    def set_input(self, input_shape: tuple) -> None:
        """Make the parameters and set ``self.output_shape``; nothing where there are none."""


def as_layer(given):
    """What ``model.add`` was given, as (the object to keep, the engine's layer)."""
    if isinstance(given, BuiltInLayer):
        return given, given._core
    if isinstance(given, ModuleHandle):
        given._engine = _module_layer(given.module)
        return given, given._engine
    if not isinstance(given, nn.Module):
        hint = ": add an object, not the class" if isinstance(given, type) else ""
        raise TypeError(
            f"a layer is one of glow.layers or a torch.nn.Module, not {type(given).__name__}{hint}"
        )
    name = _WITH_LOGITS.get(type(given))
    if name and getattr(given, "dim", 1) in (1, -1, None):
        activation = Activation(name)
        return activation, activation._core
    return as_layer(ModuleHandle(given))


class ModuleHandle:
    """A torch module in a network: called in a forward of one's own, it is seen by the tracker."""

    def __init__(self, module: nn.Module):
        self.module = module
        self._engine = None

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return self._engine(x)

    def __repr__(self) -> str:
        return repr(self.module)

    def __getattr__(self, name: str):
        if name.startswith("__") or name == "module":
            raise AttributeError(name)
        return getattr(self.module, name)

    def __getstate__(self):
        return {"module": self.module, "_engine": None}


def _module_layer(module: nn.Module):
    def make(input_shape: tuple, device: str, seed: int) -> tuple:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            if isinstance(module, Layer):
                module.set_input(input_shape)
            module.to(device)
            was = {part: part.training for part in module.modules()}
            module.eval()
            with torch.no_grad():
                output = module(torch.zeros(2, *input_shape, device=device))
            for part, training in was.items():
                part.training = training
        if not isinstance(output, torch.Tensor) or output.dim() == 0 or output.shape[0] != 2:
            raise ValueError(
                f"{type(module).__name__} must give one tensor with a row for each of the batch's"
            )
        found = tuple(output.shape[1:])
        said = getattr(module, "output_shape", None)
        if said is not None and tuple(said) != found:
            raise ValueError(
                f"{type(module).__name__} says output_shape = {tuple(said)}, "
                f"its forward gives {found}"
            )
        return found

    random = any(isinstance(part, _RANDOM) for part in module.modules())
    return _core.make_module_layer(
        module, make, type(module).__name__, isinstance(module, AMENDING), random
    )
