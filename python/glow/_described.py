"""Signatures and docstrings from the engine's own descriptions, written once, in C++."""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

#: (name, default or None, what it is)
Field = tuple[str, Any, str]

_WIDTH = "float | Literal['median']"
_SIZES = "int | Sequence[int]"
#: What an option may be, where its default does not say. `kernel_mi.kernel` goes before `kernel`.
_TYPES = {
    "activation": "str",
    "bandwidth": "float",
    "bins": "int",
    "bits": "int",
    "bound": "Literal['upper', 'lower']",
    "cap": "float",
    "continuous": "Literal['', 'x', 'y', 'both']",
    "correction": "Literal['none', 'miller_madow', 'grassberger', 'chao_shen', 'james_stein', "
    "'nsb']",
    "dilation": _SIZES,
    "dimensions": "int",
    "discrete": "Literal['', 'x', 'y', 'both']",
    "edges": "int",
    "filters": "int",
    "growth_rate": "int",
    "kernel": "Literal['gaussian', 'linear']",
    "kernel_mi.kernel": "Literal['gaussian', 'box']",
    "kernel_size": _SIZES,
    "lnc.alpha": "float",
    "noise": "float",
    "num_layers": "int",
    "padding": _SIZES,
    "pool_size": _SIZES,
    "range": "Literal['layer', 'neuron'] | Sequence[float]",
    "rate": "float",
    "reference": "Literal['first', 'snapshot', 'run']",
    "sigma": _WIDTH,
    "sigma_t": _WIDTH,
    "sigma_x": _WIDTH,
    "sigma_y": _WIDTH,
    "stddev": "float",
    "stride": _SIZES,
    "unit": "Literal['nats', 'bits']",
    "units": "int",
    "variant": "Literal[1, 2]",
    "width": "float",
} | {f"Conv{d}d.padding": f"{_SIZES} | Literal['same', 'valid']" for d in (1, 2, 3)}

#: What the engine's estimators leave to the caller.
UNIT = ("unit", "nats", "of the result")
Function = TypeVar("Function", bound=Callable)


def annotation(field: Field, of: str = "") -> str:
    """The type of an option of the estimator, layer or optimizer `of`, without its None."""
    name, default, _ = field
    found = _TYPES.get(f"{of}.{name}") or _TYPES.get(name)
    return found or ("Any" if default is None else type(default).__name__)


def parameters(fields: Iterable[Field], required: Iterable[str] = ()) -> list[inspect.Parameter]:
    """Keyword parameters of a signature, one a field; what is required may be given by place."""
    return [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        if name in required
        else inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value)
        for name, value, _ in fields
    ]


def parameter_docs(fields: Iterable[Field], required: Iterable[str] = (), of: str = "") -> str:
    """The lines of a NumPy-style Parameters section."""
    fields = list(fields)
    kinds = [_in_words(annotation(field, of)) for field in fields]
    values = set(re.findall(r"'(\w+)'", " ".join(kinds)))
    lines = []
    for (name, default, doc), kind in zip(fields, kinds, strict=True):
        if name not in required:
            kind += ", optional" if default is None else f", default {default!r}"
        # A sentence that begins with a value begins with it as it is typed.
        first, *_ = re.split(r"\W", doc, maxsplit=1)
        text = textwrap.fill(f"{doc}." if first in values else sentence(doc), 88)
        lines += [f"{name} : {kind}", textwrap.indent(text, "    ")]
    return "\n".join(lines)


def _in_words(kind: str) -> str:
    kind = re.sub(r"Literal\[('[^',]*')\]", r"\1", kind)
    kind = re.sub(r"Literal\[(.*?)\]", r"{\1}", kind)
    kind = re.sub(r"Sequence\[(.*?)\]", r"sequence of \1", kind)
    return kind.replace(" | ", " or ")


def sentence(doc: str) -> str:
    """A description of the engine with a capital and a stop."""
    return f"{doc[0].upper()}{doc[1:]}."


def docstring(summary: str, **sections: str) -> str:
    """A NumPy-style docstring; sections without a text are left out."""
    parts = [f"{title}\n{'-' * len(title)}\n{text}" for title, text in sections.items() if text]
    return "\n\n".join([summary, *parts]) + "\n"


def by_place(of: str, places: Sequence[str], args: tuple, options: dict) -> dict:
    """Options by name, those given by place among them."""
    if len(args) > len(places):
        raise TypeError(f"{of} takes at most {len(places)} arguments by place, got {len(args)}")
    for name in places[: len(args)]:
        if name in options:
            raise TypeError(f"{of} got '{name}' twice")
    return {**dict(zip(places, args, strict=False)), **options}


def built_in(function: Function, name: str, doc: str) -> Function:
    """`function` as the engine's own of that name, by which ``compile`` hands it on."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = sentence(doc)
    function._engine_name = name
    return function


def given(options: dict) -> dict:
    """Options without those left at None, and those of NumPy as Python's own."""
    return {
        key: value.tolist() if hasattr(value, "tolist") else value
        for key, value in options.items()
        if value is not None
    }


def named(
    function: Function, name: str, module: str, signature: inspect.Signature, doc: str
) -> Function:
    """`function` under a name of its own, so that help() reads as if it were written out."""
    vars(function)["__signature__"] = signature
    function.__name__ = function.__qualname__ = name
    function.__module__ = module
    function.__doc__ = doc
    return function


def with_options(fields: Iterable[Field]) -> Callable[[Function], Function]:
    """Spells out the ``**options`` of a function, in its signature and its docstring."""

    def spell_out(function: Function) -> Function:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        spelt = signature.replace(parameters=[*own, *parameters(fields)])
        doc = inspect.cleandoc(function.__doc__ or "")
        doc = doc.replace("**options", parameter_docs(fields), 1)
        return named(function, function.__name__, function.__module__, spelt, doc)

    return spell_out
