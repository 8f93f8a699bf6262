"""Layers, under the names of the engine and with the arguments of Keras and PyGlow.

A layer is a description until ``model.add`` builds it. Any ``torch.nn.Module`` of one tensor in and
one out can be added as well; a layer of one's own is a :class:`glow.layer.Layer`.
"""

import inspect
import itertools

import torch

from glow import _core, _described

#: What PyGlow called an argument.
_OLD_NAMES = {
    "Dense": {"output_dim": "units"},
    "Dropout": {"prob": "rate"},
    **{
        f"{kind}Pool{d}d": {"kernel_size": "pool_size"}
        for kind in ("Max", "Avg")
        for d in (1, 2, 3)
    },
}
#: Where PyGlow's third argument by place is an option of ours.
_BY_PLACE = {
    "Dense": ("units", "activation"),
    **{
        f"Conv{d}d": ("filters", "kernel_size", "stride", "padding", "dilation", "activation")
        for d in (1, 2, 3)
    },
    **{
        f"{kind}Pool{d}d": ("pool_size", "stride", "padding")
        for kind in ("Max", "Avg")
        for d in (1, 2, 3)
    },
    **{f"BatchNorm{d}d": ("eps", "momentum") for d in (1, 2, 3)},
}


class BuiltInLayer:
    """A layer of the engine."""

    _type: str
    _options: list

    def __init__(self, *args, **options):
        old = _OLD_NAMES.get(self._type, {})
        options = {old.get(key, key): value for key, value in options.items()}
        places = _BY_PLACE.get(self._type) or tuple(field[0] for field in self._options)
        self.config = _described.given(_described.by_place(self._type, places, args, options))
        self._core = _core.make_layer(self._type, self.config)

    @property
    def name(self) -> str:
        """``dense_1``, once the layer is part of a network."""
        return self._core.name

    @property
    def output_shape(self) -> tuple:
        """Of one example, once the layer is built."""
        return self._core.output_shape

    def parameters(self) -> list:
        return [tensor for _, tensor in self._core.parameters()]

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return self._core(x)

    def __repr__(self) -> str:
        return f"{self._type}({', '.join(f'{k}={v!r}' for k, v in self.config.items())})"

    def __reduce__(self):
        return _remake, (type(self), self.config)


def _remake(kind: type, config: dict):
    return kind(**config)


def _make(name: str, doc: str, fields: list) -> type:
    required = _required(name, fields)
    text = f"{_described.sentence(doc)}\n"
    if fields:
        text += (
            f"\nParameters\n----------\n{_described.parameter_docs(fields, required, of=name)}\n"
        )
    old = _OLD_NAMES.get(name)
    if old:
        words = ", ".join(f"`{a}` for `{b}`" for a, b in old.items())
        text += f"\nNotes\n-----\nPyGlow's names work too: {words}.\n"
    return type(
        name,
        (BuiltInLayer,),
        {
            "__doc__": text,
            "__module__": "glow.layers",
            "__signature__": inspect.Signature(_described.parameters(fields, required)),
            "_type": name,
            "_options": fields,
        },
    )


def _required(name: str, fields: list) -> tuple:
    """The constructor's arguments: they come first and have no default."""
    try:
        _core.make_layer(name, {})
    except ValueError:
        return tuple(f for f, _, _ in itertools.takewhile(lambda field: field[1] is None, fields))
    return ()


_classes = {name: _make(name, doc, fields) for name, doc, fields in _core.layers()}
globals().update(_classes)


class HSICoutput:
    """The output layer of PyGlow's HSIC networks. It can be imported, not yet made."""

    def __init__(self, *args, **kwargs):
        raise NotImplementedError(
            "HSICoutput belongs to training with the HSIC bottleneck, which comes next; until then "
            "use Dense(…, activation='softmax') in a Sequential or IBSequential"
        )


__all__ = [*_classes, "HSICoutput"]
