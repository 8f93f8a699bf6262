"""Which parts of a module are watched, and what of their output is the representation."""

from collections.abc import Iterator, Mapping

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from glow import _core
from glow.errors import ValueError
from glow.layer import AMENDING as OF_TORCH

# These hold parts and never run.
_HOLDERS = (nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)
_WORDS = ("mean", "flatten", "each")  # what tokens may be, beside a position
# What models call the output that matters, where they give several by name.
_MAIN_OUTPUTS = ("last_hidden_state", "logits", "out")

# The kinds of modules that belong to the representation before them; a framework may add its own.
AMENDING = list(OF_TORCH)


def amends(part: nn.Module) -> bool:
    """Whether it belongs to the representation before it: a normalization, an activation."""
    if isinstance(part, tuple(AMENDING)):
        return True
    # A model's own kinds, as LlamaRMSNorm and GELUActivation: they scale columns at most.
    name = type(part).__name__.lower()
    return (
        ("norm" in name or "activation" in name)
        and not part._modules
        and all(weight.dim() <= 1 for weight in part.parameters())
    )


def unwrapped(module: nn.Module) -> nn.Module:
    """The module itself, under wrappers of ``torch.compile`` and data parallelism."""
    while True:
        if "_orig_mod" in module._modules:
            module = module._modules["_orig_mod"]
        elif isinstance(module, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
            module = module.module
        else:
            return module


def parts_of(module: nn.Module) -> dict[str, nn.Module]:
    """The modules inside one that run, by dotted name; one without any is itself the only part."""
    parts = {}
    for name, part in module.named_modules():
        words = [word for word in name.split(".") if word and word != "_orig_mod"]
        gives_weights = "parametrizations" in words
        if words and not gives_weights and not isinstance(part, _HOLDERS):
            parts[".".join(words)] = part
    return parts or {type(module).__name__.lower(): module}


def chosen(parts: dict[str, nn.Module], layers) -> dict[str, nn.Module]:
    """The parts that `layers` names: None, patterns or a predicate (see :class:`glow.Tracker`)."""
    if layers is None:
        found = {n: p for n, p in parts.items() if _owns_parameters(p) and not amends(p)}
    elif callable(layers):
        found = {n: p for n, p in parts.items() if layers(n, p)}
    else:
        patterns = layers.split("|") if isinstance(layers, str) else list(layers)
        for pattern in patterns:
            if not set("*?") & set(pattern) and pattern not in parts:
                raise ValueError(f"no module is called '{pattern}': {_names(parts)}")
        names = {name for pattern in patterns for name in _outermost(pattern, parts)}
        found = {name: part for name, part in parts.items() if name in names}
    if not found:
        what = "no layer has parameters" if layers is None else f"no module matches {layers!r}"
        raise ValueError(f"{what}: {_names(parts)}")
    return found


def _outermost(pattern: str, parts: dict) -> list[str]:
    """What a glob matches, but for what is inside of what it matches: ``layer*`` is ``layer1``."""
    names: list[str] = []
    for name in parts:  # the outer before the inner
        if _core.matches_glob(pattern, name) and not around(name, names):
            names.append(name)
    return names


def _owns_parameters(part: nn.Module) -> bool:
    return is_parametrized(part) or any(True for _ in part.parameters(recurse=False))


def _names(parts: dict, most: int = 40) -> str:
    more = f" and {len(parts) - most} more" if len(parts) > most else ""
    return f"there are {', '.join(list(parts)[:most])}{more}"


def around(name: str, layers) -> str:
    """The innermost of `layers` that a part is inside of, as a prefix of names, or nothing."""
    while name := name.rpartition(".")[0]:
        if name in layers:
            return name + "."
    return ""


def is_time_first(parts: dict[str, nn.Module], name: str) -> bool | None:
    """Whether a part gives (t, n, ...), as it or what it is inside of says; None: unsaid."""
    said = [getattr(part, "batch_first", None) for part in parts[name].modules()]
    while name := name.rpartition(".")[0]:
        outer = parts.get(name)
        attention = getattr(outer, "self_attn", None)  # through which transformer layers say it
        said += [getattr(part, "batch_first", None) for part in (outer, attention)]
    return next((not word for word in said if isinstance(word, bool)), None)


def gives_maps(part: nn.Module) -> bool:
    """Whether an output (n, c, t) is a map of a convolution, and no sequence (n, t, d)."""
    return any(isinstance(p, (nn.Conv1d, nn.ConvTranspose1d)) for p in part.modules())


def first_tensor(output) -> torch.Tensor | None:
    """The tensor of a module's output that is its representation, None where there is none."""
    if isinstance(output, torch.Tensor):
        return output
    if isinstance(output, Mapping):
        named = [output[key] for key in _MAIN_OUTPUTS if key in output]
        output = [*named, *output.values()]
    if not isinstance(output, (tuple, list)):
        return None
    found = (first_tensor(value) for value in output)
    return next((tensor for tensor in found if tensor is not None), None)


def input_of(module: nn.Module, args: tuple, kwargs: dict) -> torch.Tensor | None:
    """What X is: the first tensor of numbers, no mask, that the module is given."""
    main = kwargs.get(getattr(module, "main_input_name", None))  # as transformers' models say
    return next((t for t in _tensors([main, *args, kwargs]) if t.dtype != torch.bool), None)


def _tensors(given) -> Iterator[torch.Tensor]:
    if isinstance(given, torch.Tensor):
        yield given
    elif isinstance(given, Mapping):
        yield from _tensors(list(given.values()))
    elif isinstance(given, (tuple, list)):
        for value in given:
            yield from _tensors(value)


def kept(value: torch.Tensor) -> torch.Tensor:
    """A copy without a graph, since what comes next may work in place; halves as float32."""
    wide = value.dtype in (torch.float32, torch.float64)
    return value.detach().to(value.dtype if wide else torch.float32, copy=True)


def check_tokens(tokens) -> None:
    if tokens not in _WORDS if isinstance(tokens, str) else type(tokens) is not int:
        raise ValueError(f"tokens is {', '.join(map(repr, _WORDS))} or a position, not {tokens!r}")


def at_positions(name: str, value: torch.Tensor, tokens) -> list[tuple[str, torch.Tensor]]:
    """A sequence (n, t, d) as the representations that `tokens` makes of it, with their names."""
    if tokens == "flatten":
        return [(name, value)]
    if tokens == "mean":
        return [(name, value.mean(1))]
    length = value.shape[1]
    if tokens == "each":
        return [(f"{name}[{i}]", value[:, i]) for i in range(length)]
    if not -length <= tokens < length:
        raise ValueError(f"tokens={tokens}, and {name} gives {length} positions")
    return [(name, value[:, tokens])]
