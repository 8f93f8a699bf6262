"""Which device a program means, by PyGlow's word or by torch's."""

import torch

from glow._start import _warn

_warned = False


def choose(gpu: bool | None, device: str | torch.device | None) -> str:
    """`device` is strict; `gpu=True` without a GPU is warned of once and becomes the CPU."""
    global _warned
    if device is not None:
        return str(device)
    if not gpu:
        return "cpu" if gpu is False else "auto"
    if torch.cuda.is_available():
        return "cuda"
    if not _warned:
        _warned = True
        _warn("gpu=True, and torch sees no GPU: computing on the CPU")
    return "cpu"
