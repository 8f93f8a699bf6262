"""The passes that train: taken as they run, when one is due."""

import weakref

import torch
from torch import nn

from glow.watching._passes import Pass, device_of, drew_since, generator_states, is_compiled
from glow.watching._watcher import Watcher


class Hook:
    """A hook that falls idle with its owner.

    ``torch.compile`` traces past it. A copy or a pickle of the module that it hangs on has an idle
    one: an average of the weights, made by ``copy.deepcopy``, is not what trains.
    """

    def __init__(self, method=None):
        self._method = weakref.WeakMethod(method) if method else lambda: None

    def __call__(self, *args) -> None:
        if torch.compiler.is_compiling():
            return
        method = self._method()
        if method is not None:
            method(*args)

    def __deepcopy__(self, memo) -> "Hook":
        return Hook()

    def __reduce__(self):
        return Hook, ()


class BatchWatch:
    """Keeps the last pass of a module in training mode, while one is due.

    Two hooks on the module, and none on its parts but while such a pass runs. Where any part is
    compiled, hooks inside are not called: the batch then passes a second time, before it trains,
    uncompiled and in evaluation mode.
    """

    due: bool = True

    def __init__(self, module: nn.Module, watcher: Watcher):
        self._module, self._watcher = module, watcher
        self._seen: Pass | None = None
        self._running: tuple | None = None
        self._compiled_call = module._compiled_call_impl
        if self._compiled_call is not None:  # by module.compile(), its own hooks with it
            module._compiled_call_impl = self._call_compiled
        before = module.register_forward_pre_hook(Hook(self._before), with_kwargs=True)
        after = module.register_forward_hook(Hook(self._after), always_call=True)
        self._handles = [before, after]

    def take(self) -> Pass | None:
        """The last pass, once."""
        seen, self._seen = self._seen, None
        return seen

    def close(self) -> None:
        self._stop()
        self._seen = None
        for handle in self._handles:
            handle.remove()
        if self._compiled_call is not None:
            self._module._compiled_call_impl = self._compiled_call

    def _call_compiled(self, *args, **kwargs):
        self._before(self._module, args, kwargs)
        return self._compiled_call(*args, **kwargs)

    def _before(self, module, args, kwargs) -> None:
        self._stop()
        training = self._watcher.inner.training and not torch.is_inference_mode_enabled()
        if not training or not self.due:
            return
        if is_compiled(self._module):
            self._seen = self._watcher.observe(args, kwargs, autocast=True)
            return
        x, device = self._watcher.begin(args, kwargs), device_of(module)
        recorder = self._watcher.recorder().__enter__()
        self._running = (x, recorder, device, generator_states(device))

    def _after(self, module, args, output) -> None:
        running = self._stop()
        if running is None or output is None:  # None: the pass has failed
            return
        x, recorder, device, states = running
        drew = drew_since(states, device)
        self._seen = self._watcher.end(x, recorder, output, drew, "train")

    def _stop(self) -> tuple | None:
        running, self._running = self._running, None
        if running:
            running[1].__exit__()
        return running
