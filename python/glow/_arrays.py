"""NumPy arrays, pandas columns and lists as the tensors that the engine takes."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch

from glow import errors


class SupportsArray(Protocol):
    """What NumPy makes an array of: a JAX array for one."""

    def __array__(self) -> Any: ...


class SupportsToNumpy(Protocol):
    """A column or table of pandas, polars and their kin."""

    def to_numpy(self) -> Any: ...


#: Data that functions take: (n,) or (n, d), numbers or words.
ArrayLike: TypeAlias = torch.Tensor | np.ndarray | Sequence[Any] | SupportsArray | SupportsToNumpy


def to_tensor(data: ArrayLike, name: str = "x") -> torch.Tensor:
    """A tensor of `data`: shared where it can be, and words as the numbers of their classes.

    Words are numbered within their column, in alphabetical order. `name` is what messages call it.
    """
    if isinstance(data, torch.Tensor):
        if data.layout != torch.strided:
            raise errors.ValueError(f"{name} is sparse: give {name}.to_dense()")
        return data
    array = _array(data, name)
    if array.dtype.kind in "OUS":
        array = _numbers(array, name)
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "c":
        raise errors.ValueError(f"{name} is complex: expected real numbers")
    if kind not in "biuf":
        raise TypeError(f"{name} holds {array.dtype}, not numbers")
    dtype = array.dtype.newbyteorder("=")
    if kind == "u" and size > 1:  # torch computes with one unsigned type only
        fits = size < 8 or array.max(initial=0) <= np.iinfo(np.int64).max
        dtype = np.dtype(np.int64 if fits else np.float64)
    elif size > 8:
        dtype = np.dtype(np.float64)
    return torch.from_numpy(np.require(array, dtype, ["C", "W", "A", "E"]))


def holds_classes(data: ArrayLike, name: str = "x") -> bool:
    """Whether `data` are classes by what they are: words, or a categorical of pandas."""
    if isinstance(data, torch.Tensor):
        return False
    if str(getattr(data, "dtype", "")) == "category":
        return True
    array = _array(data, name)
    return array.dtype.kind in "US" or (array.dtype.kind == "O" and all(map(_is_word, array.flat)))


def _array(data: ArrayLike, name: str) -> np.ndarray:
    if isinstance(data, np.ma.MaskedArray):
        _check_missing(np.ma.getmaskarray(data), name)
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    try:
        array = np.asarray(data)
        if array.dtype.kind in "US" and not isinstance(data, np.ndarray):
            array = np.asarray(data, dtype=object)  # in a list with words NumPy writes NaN as "nan"
    except ValueError as error:
        raise errors.ValueError(f"{name} is no table: {error}") from error
    if array.ndim == 0 and array.dtype.kind in "OUS":
        raise TypeError(f"{name} must be an array or a list, not {type(data).__name__}")
    return array


def _numbers(array: np.ndarray, name: str) -> np.ndarray:
    """Words as the numbers of their classes, numbers that came as objects as they are."""
    if array.size == 0:
        return array.astype(np.float64)
    _check_missing(np.vectorize(_is_missing, otypes=[bool])(array), name)
    columns = [_column(column, name) for column in array.reshape(len(array), -1).T]
    return np.stack(columns, 1).reshape(array.shape)


def _column(column: np.ndarray, name: str) -> np.ndarray:
    if all(map(_is_word, column)):
        return np.unique(column, return_inverse=True)[1]
    try:
        return column.astype(np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} holds a column that is neither all numbers nor all words"
        ) from None


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, bytes))


def _is_missing(value: Any) -> bool:
    # By name: pandas need not be installed, and its NA answers no comparison.
    return (
        value is None
        or (isinstance(value, float) and value != value)
        or type(value).__name__ in ("NAType", "NaTType")
    )


def _check_missing(missing: np.ndarray, name: str) -> None:
    count = np.count_nonzero(missing)
    if count == 0:
        return
    row, column = divmod(int(missing.argmax()), missing.size // len(missing))
    raise errors.ValueError(
        f"{name} contains {count:,} missing value{'s' if count > 1 else ''}, "
        f"first at row {row}, column {column}"
    )


def labels_and_inputs(x: ArrayLike, y: ArrayLike) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch as the engine takes it: x float32, y class numbers (n) or targets (n, d)."""
    if holds_classes(y, "y"):  # numbered batch by batch, they would change their meaning
        raise errors.ValueError("labels of batches are class numbers or targets, not words")
    x, y = to_tensor(x, "x").detach().to(torch.float32), to_tensor(y, "y")
    if y.is_floating_point():
        y = y.to(torch.float32)
        return x, y.unsqueeze(1) if y.dim() == 1 else y
    if y.dim() == 2 and y.shape[1] == 1:
        y = y.squeeze(1)
    return x, y.to(torch.int64) if y.dim() == 1 else y.to(torch.float32)


def class_names(*data: ArrayLike) -> list[str]:
    """The distinct words in all of `data`, in alphabetical order: their numbers."""
    return sorted({str(word) for given in data for word in _array(given, "y").flat})


def class_numbers(data: ArrayLike, names: list[str]) -> torch.Tensor:
    """Words (n) as their numbers among `names`."""
    number = {name: i for i, name in enumerate(names)}
    try:
        return torch.tensor([number[str(word)] for word in _array(data, "y").flat])
    except KeyError as error:
        raise errors.ValueError(f"class {error} is not among {', '.join(names)}") from None
