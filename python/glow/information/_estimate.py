"""A number that says what it is."""

from __future__ import annotations  # help() shows them as they are written here

import math
import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from glow import errors
from glow._arrays import ArrayLike, to_tensor
from glow._start import _warn

if TYPE_CHECKING:
    from glow import _core


def _arithmetic(operation: Callable) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """An operator and its reflection, of values: a float, or a tensor with its graph."""
    return (
        lambda self, other: operation(self.value, _value(other)),
        lambda self, other: operation(_value(other), self.value),
    )


def _comparison(operation: Callable) -> Callable[..., Any]:
    return lambda self, other: operation(
        float(self), float(other) if isinstance(other, Estimate) else other
    )


class Estimate:
    """The result of an estimator: compares and computes as a number, and says what it is.

    Among tensors it is its tensor, graph and all: ``loss + 0.1 * glow.hsic(x, t)``.

    Attributes
    ----------
    value : float or torch.Tensor
        The number; a 0-d tensor with its graph where x or y requires a gradient. NaN where there is
        none, and a warning says why.
    tensor : torch.Tensor
        The number as a 0-d tensor, always. A copied or pickled estimate has it without its graph.
    unit : str
        ``"nats"``, ``"bits"``, or ``"none"`` for a dependence that is no information.
    bound : str
        ``"estimate"``, ``"lower"`` or ``"upper"``.
    estimator : str
        What measured, as a spec: ``ksg(k=3)``.
    n : int
        Rows used.
    standard_error, ceiling, null_mean : float or None
        One standard error; what no estimate on this sample can exceed; the mean under permutation
        of the rows of y. None where not known.
    warnings : list of str
        What a careful reader should know.

    Examples
    --------
    >>> import glow
    >>> result = glow.mutual_information([0, 0, 1, 1], [0, 0, 1, 1], "plugin", unit="bits")
    >>> result
    <Estimate 1 ± 0.26 bits (plugin, n = 4)>
    >>> float(result)
    1.0
    >>> result > 0.5, result.unit, result.n
    (True, 'bits', 4)

    A term of a loss:

    >>> import torch
    >>> t = torch.tensor([0.0, 1.0], requires_grad=True)
    >>> loss = 1 - glow.hsic(t, [0.0, 1.0], sigma=1)
    >>> loss.backward()
    >>> t.grad
    tensor([ 0.2387, -0.2387])
    """

    def __init__(self, result: _core.Estimate):
        found = result.tensor
        self.tensor = torch.tensor(math.nan, dtype=torch.float64) if found is None else found
        self.unit: str = result.unit
        self.bound: str = result.bound
        self.estimator: str = result.estimator
        self.n: int = result.n
        self.standard_error: float | None = result.standard_error
        self.ceiling: float | None = result.ceiling
        self.null_mean: float | None = result.null_mean
        self.warnings: list[str] = result.warnings

    @property
    def value(self) -> float | torch.Tensor:
        return self.tensor if self.tensor.requires_grad else self.item()

    def item(self) -> float:
        return self.tensor.item()

    def backward(self) -> None:
        """Gradients of x and y, as ``tensor.backward()``."""
        if not self.tensor.requires_grad:
            raise errors.StateError(
                f"{self.estimator} has no gradient here: it is not differentiable, or no variable "
                "requires a gradient"
            )
        self.tensor.backward()

    # As a number

    __float__ = item
    __add__, __radd__ = _arithmetic(operator.add)
    __sub__, __rsub__ = _arithmetic(operator.sub)
    __mul__, __rmul__ = _arithmetic(operator.mul)
    __truediv__, __rtruediv__ = _arithmetic(operator.truediv)
    __pow__, __rpow__ = _arithmetic(operator.pow)
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)

    def __neg__(self) -> Any:
        return -self.value

    def __pos__(self) -> Any:
        return +self.value

    def __abs__(self) -> Any:
        return abs(self.value)

    def __round__(self, digits: int | None = None) -> Any:
        return round(float(self), digits)

    def __int__(self) -> int:
        return int(float(self))

    def __bool__(self) -> bool:
        return bool(float(self))

    def __hash__(self) -> int:
        # As the number it equals; but a NaN equals nothing, and each has a hash of its own.
        return object.__hash__(self) if math.isnan(self) else hash(float(self))

    # Among arrays

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.tensor.detach().cpu().numpy().astype(dtype or float)

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        def plain(value):
            if isinstance(value, Estimate):
                return value.tensor
            if isinstance(value, (list, tuple)):
                return type(value)(map(plain, value))
            return value

        return function(*plain(args), **{k: plain(v) for k, v in (kwargs or {}).items()})

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "tensor": self.tensor.detach()}

    # As text

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def __repr__(self) -> str:
        return f"<Estimate {self}>"

    def __str__(self) -> str:
        parts = [f"{float(self):.4g}"]
        if self.standard_error is not None:
            parts.append(f"± {self.standard_error:.2g}")
        if self.unit != "none":
            parts.append(self.unit)
        notes = [self.estimator, f"n = {self.n}"]
        if self.bound != "estimate":
            notes.insert(0, f"{self.bound} bound")
        if self.warnings:
            count = len(self.warnings)
            notes.append("1 warning" if count == 1 else f"{count} warnings")
        return f"{' '.join(parts)} ({', '.join(notes)})"


def _value(other: Any) -> Any:
    return other.value if isinstance(other, Estimate) else other


def measure(
    function: Callable[..., _core.Estimate], variables: Mapping[str, ArrayLike], unit: str
) -> Estimate:
    """`function` of the variables as tensors, and of the unit. Says so where a gradient is lost."""
    if not isinstance(unit, str):
        raise errors.ValueError(f"unknown unit {unit!r}; known: nats, bits")
    tensors = [to_tensor(data, name) for name, data in variables.items()]
    result = Estimate(function(*tensors, unit))
    asking = [name for name, t in zip(variables, tensors, strict=True) if t.requires_grad]
    lost = torch.is_grad_enabled() and not result.tensor.requires_grad and not math.isnan(result)
    if asking and lost:
        _warn(
            f"{result.estimator} gives no gradient to {' and '.join(asking)}: detach, or take an "
            "estimator that is differentiable, hsic for one"
        )
    return result
