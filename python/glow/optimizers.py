"""Optimizers: descriptions that ``compile`` takes."""

import inspect

from glow import _core, _described


class Optimizer:
    """An optimizer of the engine."""

    _name: str
    _options: list

    def __init__(self, *args, **options):
        places = [field[0] for field in self._options]
        self.config = _described.given(_described.by_place(self._name, places, args, options))
        _core.check_optimizer(self._name, self.config)

    @property
    def spec(self) -> str:
        return _spec(self._name, self.config)

    def __repr__(self) -> str:
        return self.spec


def _spec(name: str, options: dict) -> str:
    shown = ", ".join(
        f"{k}={str(v).lower() if isinstance(v, bool) else v}" for k, v in options.items()
    )
    return f"{name}({shown})" if shown else name


def _make(name: str, doc: str, fields: list) -> type:
    text = f"{_described.sentence(doc)}\n\nParameters\n----------\n"
    return type(
        name,
        (Optimizer,),
        {
            "__doc__": text + _described.parameter_docs(fields) + "\n",
            "__module__": "glow.optimizers",
            "__signature__": inspect.Signature(_described.parameters(fields)),
            "_name": name,
            "_options": fields,
        },
    )


_classes = {name: _make(name, doc, fields) for name, doc, fields in _core.optimizers()}
globals().update(_classes)


def spec(given, learning_rate: float | None = None, momentum: float | None = None) -> str:
    """What ``compile`` was given, as the engine's spec; ``adam`` is Adam, as in PyGlow."""
    extra = _described.given({"learning_rate": learning_rate, "momentum": momentum})
    if isinstance(given, type) and issubclass(given, Optimizer):
        given = given()
    if isinstance(given, Optimizer):
        if extra:
            raise TypeError(f"say learning_rate and momentum in the optimizer: {given.spec}")
        return given.spec
    if not isinstance(given, str):
        raise TypeError(
            f"an optimizer is a name or one of glow.optimizers, not {type(given).__name__}"
        )
    word, bracket, rest = given.partition("(")
    word = next((known for known in _classes if known.lower() == word.lower()), word)
    if bracket:
        if extra:
            raise TypeError(f"say learning_rate and momentum in the spec: {given}")
        return f"{word}({rest}"
    fields = {field[0] for field in getattr(_classes.get(word), "_options", [])}
    if "momentum" not in fields:
        extra.pop("momentum", None)  # PyGlow's compile passes one to every optimizer
    return _spec(word, extra)


__all__ = [*_classes, "Optimizer"]
