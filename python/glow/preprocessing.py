"""Arrays as loaders, under PyGlow's names."""

import torch
from torch.utils.data import TensorDataset, random_split

from glow._arrays import to_tensor
from glow.datasets import Loader, loaders


class DataGenerator:
    """PyGlow's data generator: arrays or tensors in, loaders out.

    Unlike PyGlow's, the training loader changes its order every epoch.

    Examples
    --------
    >>> import glow, numpy as np
    >>> x, y = np.zeros((10, 4)), np.arange(10) % 2
    >>> train, validation = glow.preprocessing.DataGenerator().prepare_numpy_data(x, y, 2, 0.2)
    >>> len(train), len(validation)
    (4, 1)
    """

    def prepare_numpy_data(
        self, x_train, y_train, batch_size: int, validation_split: float = 0.2
    ) -> tuple[Loader, Loader]:
        """Training and validation loaders of arrays; y are class numbers, whatever their type."""
        y = to_tensor(y_train, "y").reshape(-1).long()
        return loaders(to_tensor(x_train, "x").float(), y, batch_size, validation_split)

    def set_dataset(self, X, y, batch_size: int, validation_split: float = 0.2):
        """The training and validation part of tensors, as torch data sets."""
        self.dataset = TensorDataset(to_tensor(X, "X"), to_tensor(y, "y").reshape(-1).long())
        self.batch_size = batch_size
        held_out = len(self.dataset) - int(len(self.dataset) * (1 - validation_split))
        return random_split(self.dataset, [len(self.dataset) - held_out, held_out])

    def get_trainloader(self, train_dataset, batch_size: int) -> Loader:
        """A loader that changes its order every epoch."""
        return self._loader(train_dataset, batch_size, shuffle=True)

    def get_validationloader(self, validation_dataset, batch_size: int) -> Loader:
        """A loader that keeps its order."""
        return self._loader(validation_dataset, batch_size, shuffle=False)

    def get_loaders(self, train_dataset, validation_dataset, batch_size: int | None = None):
        """Both loaders; the batch size of ``set_dataset`` where none is given."""
        size = batch_size or self.batch_size
        return (
            self.get_trainloader(train_dataset, size),
            self.get_validationloader(validation_dataset, size),
        )

    @staticmethod
    def _loader(dataset, batch_size: int, shuffle: bool) -> Loader:
        x, y = (torch.stack(column) for column in zip(*dataset, strict=True))
        return loaders(x, y, batch_size, shuffle=shuffle)[0]


__all__ = ["DataGenerator"]
