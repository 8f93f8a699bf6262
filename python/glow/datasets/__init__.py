"""Data sets and loaders: ``mnist.load_data(batch_size=64, validation_split=0.2)``."""

from glow.datasets import cifar10, fashion_mnist, mnist, szt
from glow.datasets._loaders import Loader, as_source, load_data, loaders

__all__ = [
    "Loader",
    "as_source",
    "cifar10",
    "fashion_mnist",
    "load_data",
    "loaders",
    "mnist",
    "szt",
]
