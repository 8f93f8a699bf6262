"""Forward passes that are watched: hooks while one runs, and nothing changed by it afterwards."""

import sys
import weakref
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from glow.watching._layers import first_tensor, kept


@dataclass
class Pass:
    """What one forward pass was given and what it became."""

    x: torch.Tensor
    outputs: dict[str, torch.Tensor | None]  # in the order they ran; None: no tensor came
    width: int  # of the module's output, where that is (n, width); else 0
    deterministic: bool
    mode: str  # train, eval


class Recorder:
    """Takes the outputs of layers while it is entered, by hooks that are gone afterwards.

    The output of an amending module that is run directly on exactly a layer's output takes its
    place, as in the engine. A layer that runs again in the pass is another one, ``relu:2``.

    Parameters
    ----------
    layers : dict of Module
        By name.
    amending : list of (Module, str)
        With the prefix that the names of layers have that a module may amend: what belongs to the
        inside of one layer is no end of another.
    select : callable, optional
        As of :class:`glow.Tracker`.
    """

    def __init__(self, layers: dict[str, nn.Module], amending: list, select=None):
        self._layers, self._amending, self._select = layers, amending, select
        self._handles: list = []

    def __enter__(self) -> "Recorder":
        self.outputs: dict[str, torch.Tensor | None] = {}
        self._runs: dict[str, int] = {}
        self._names: dict[int, tuple] = {}  # of tensors by id, until something changes them
        for name, layer in self._layers.items():
            self._handles.append(layer.register_forward_hook(self._taking(name)))
        for part, prefix in self._amending:
            before, after = self._replacing(prefix)
            self._handles.append(part.register_forward_pre_hook(before))
            self._handles.append(part.register_forward_hook(after))
        return self

    def __exit__(self, *error) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._names.clear()

    def _taking(self, name: str):
        def took(module, args, output) -> None:
            value = self._select(name, output) if self._select else None
            run = self._runs[name] = self._runs.get(name, 0) + 1
            again = name if run == 1 else f"{name}:{run}"
            self._keep(again, first_tensor(output) if value is None else value)

        return took

    def _replacing(self, prefix: str):
        amended: list[str] = []  # whose output the module runs on now

        def before(module, args) -> None:
            name = self._name_of(args[0]) if args else None
            amended[:] = [name] if name is not None and name.startswith(prefix) else []

        def after(module, args, output) -> None:
            if amended:
                self._keep(amended.pop(), first_tensor(output))

        return before, after

    def _keep(self, name: str, value: torch.Tensor | None) -> None:
        self.outputs[name] = None if value is None else kept(value)
        if value is not None and not value.is_inference():  # these count no versions
            self._names[id(value)] = (weakref.ref(value), value._version, name)

    def _name_of(self, tensor) -> str | None:
        ref, version, name = self._names.get(id(tensor), (None, 0, ""))
        return name if ref and ref() is tensor and tensor._version == version else None


def mixes_batch(module: nn.Module) -> bool:
    """Whether batch statistics are on anywhere: then an output depends on the other rows too."""
    return any(
        isinstance(part, nn.modules.batchnorm._BatchNorm)
        and (part.training or part.running_mean is None)
        for part in module.modules()
    )


def is_compiled(module: nn.Module) -> bool:
    """Whether any part of it is run by ``torch.compile``: hooks inside are not called then."""
    return any(
        "_orig_mod" in part._modules or part._compiled_call_impl is not None
        for part in module.modules()
    )


def device_of(module: nn.Module) -> torch.device:
    """Where its first parameter or buffer is."""
    for tensors in (module.parameters(), module.buffers()):
        for tensor in tensors:
            return tensor.device
    return torch.device("cpu")


def generator_states(device: torch.device) -> list[torch.Tensor]:
    """Of the generators that a module on `device` draws from."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if device.type == "cuda" else states


def drew_since(before: list[torch.Tensor], device: torch.device) -> bool:
    """Whether random numbers were drawn since: dropout or noise is on, in whatever way."""
    return not all(map(torch.equal, before, generator_states(device)))


def generators_kept(device: torch.device):
    """A context after which torch's generators are as they were."""
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])


@contextmanager
def undisturbed(module: nn.Module, autocast: bool = False):
    """Evaluation mode without grad, uncompiled; afterwards all is as it was.

    That is: the training flag of every part, its buffers, and torch's generators. Autocast is off
    inside, unless `autocast` leaves it as it is.
    """
    device = device_of(module)
    flags = [(part, part.training) for part in module.modules()]
    buffers = [
        (part._buffers, name, buffer, buffer._version, buffer.clone())
        for part in module.modules()
        for name, buffer in part._buffers.items()
        if buffer is not None
    ]
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(generators_kept(device))
        for kind in {"cpu", device.type}:
            if torch.amp.is_autocast_available(kind):
                stack.enter_context(_casting(kind, autocast))
        stack.enter_context(_plain_attention())
        if "torch._dynamo" in sys.modules:  # else nothing is compiled, and its import is slow
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        try:
            # Not by eval(): some modules do more in it than set the flag.
            for part, _ in flags:
                part.training = False
            yield
        finally:
            for part, flag in flags:
                part.training = flag
            for holder, name, buffer, version, copy in buffers:
                holder[name] = buffer
                if buffer._version != version:
                    buffer.copy_(copy)


def _casting(kind: str, wanted: bool):
    # Without the cache: weights cast here carry no graph, and must not serve the pass that trains.
    on = wanted and torch.is_autocast_enabled(kind)
    return torch.autocast(kind, torch.get_autocast_dtype(kind), enabled=on, cache_enabled=False)


@contextmanager
def _plain_attention():
    # The fused path of torch's transformer layers runs past their parts, and nests padded batches.
    was = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(was)
