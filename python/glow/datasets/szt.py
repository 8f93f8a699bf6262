"""The 4096 patterns of 12 bits of Shwartz-Ziv and Tishby, two classes."""

from glow.datasets._loaders import Loader
from glow.datasets._loaders import load_data as _load


def load_data(
    batch_size: int = 32, num_workers: int = 0, validation_split: float = 0.0, **options
) -> tuple[Loader, Loader, Loader]:
    """Training, validation and test loaders; see :func:`glow.datasets.load_data`."""
    return _load("szt", batch_size, num_workers, validation_split, **options)
