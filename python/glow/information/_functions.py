"""Estimators as functions of two variables."""

from __future__ import annotations  # help() shows them as they are written here

import inspect
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from glow import _core, _described
from glow._arrays import ArrayLike, holds_classes
from glow.information._docs import example, summary
from glow.information._estimate import Estimate, measure
from glow.information._estimators import Estimator
from glow.information._estimators import estimator as as_estimator
from glow.information._references import reference

Unit = Literal["nats", "bits"]

_VARIABLES = """x : array_like, shape (n,) or (n, dx)
    NumPy array, torch tensor, pandas column or columns, or list. Words are classes, numbered in
    alphabetical order.
y : array_like, shape (n,) or (n, dy)"""

_RAISES = """ValueError
    NaN or infinity (with row and column), too few rows, rows of x and y that differ in number, an
    unknown option, or one out of range."""


def mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    estimator: str | Estimator | type[Estimator] = "auto",
    unit: Unit = "nats",
    **options: Any,
) -> Estimate:
    """Mutual information I(X;Y), or another dependence, of two variables.

    Parameters
    ----------
    x : array_like, shape (n,) or (n, dx)
        NumPy array, torch tensor, pandas column or columns, or list. Words are classes, numbered
        in alphabetical order.
    y : array_like, shape (n,) or (n, dy)
    estimator : str or Estimator, default "auto"
        A name of :mod:`glow.information` (``"ksg"``), a spec (``"ksg(k=5)"``) or an object.
        ``auto`` takes what types, ties and dimensions ask for; the first warning names it.
    unit : {"nats", "bits"}
    **options
        Of the estimator: ``k=5``.

    Returns
    -------
    Estimate
        Never clipped: it may be slightly negative. With a gradient where x or y requires one and
        the estimator is differentiable; a :class:`glow.GlowWarning` says where it is not.

    Raises
    ------
    ValueError
        NaN or infinity (with row and column), too few rows, rows of x and y that differ in number,
        an unknown estimator or option, an option out of range.

    Examples
    --------
    >>> import glow
    >>> x, y = glow.sample("1v1-normal-0.75", n=2000, seed=0)  # the truth is 0.413 nats
    >>> estimate = glow.mutual_information(x, y, estimator="ksg", k=5)
    >>> abs(estimate - 0.413) < 0.05
    True
    >>> glow.mutual_information(["a", "b", "a", "b"], [1, 0, 1, 0], "plugin", unit="bits").value
    1.0
    """
    if isinstance(estimator, str):
        name, chosen = _named(estimator, options)
        if name == "auto" and not {"discrete", "continuous"} & set(chosen):
            chosen |= _CLASSES.get((holds_classes(x, "x"), holds_classes(y, "y")), {})
        engine = _core.make_estimator_with(name, chosen)
    elif options:
        raise TypeError("options are for an estimator given by name")
    else:
        engine = as_estimator(estimator)._engine()
    return measure(engine.estimate, {"x": x, "y": y}, unit)


def _named(estimator: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Name and options of an estimator given by its name or a spec."""
    name, written = _core.parse_spec(estimator)
    if written and options:
        raise TypeError(f"give options in the spec {estimator} or as keywords, not both")
    return name, written or _described.given(options)


# What `auto` cannot see in the numbers that words have become.
_CLASSES = {
    (True, True): {"discrete": "both"},
    (True, False): {"discrete": "x"},
    (False, True): {"discrete": "y"},
}


def entropy(x: ArrayLike, estimator: str = "auto", unit: Unit = "nats", **options: Any) -> Estimate:
    """Entropy H(X) of symbols, or differential entropy h(X) of quantities.

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
        Rows are symbols, or points.
    estimator : str, default "auto"
        A name, or a spec (``"kl(k=5)"``):
        ``plugin``, ``miller_madow``, ``grassberger``, ``chao_shen``, ``james_stein``, ``nsb``,
        ``binned`` (of symbols); ``kl``, ``weighted_kl``, ``gaussian`` (differential, of x in its
        own units; may be negative); ``renyi``. ``auto``: ``grassberger`` for classes, else ``kl``.
    unit : {"nats", "bits"}
    **options
        Of the estimator.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        NaN or infinity, too few rows, an unknown estimator or option.

    Examples
    --------
    >>> import glow
    >>> glow.entropy([0, 1, 2, 3], estimator="plugin", unit="bits").value
    2.0
    """
    name, chosen = _named(estimator, options)
    if name == "auto" and holds_classes(x):
        name = "grassberger"
    return measure(lambda t, unit: _core.entropy(name, chosen, t, unit), {"x": x}, unit)


@_described.with_options(_core.cmi_fields)
def conditional_mutual_information(
    x: ArrayLike, y: ArrayLike, z: ArrayLike, unit: Unit = "nats", **options: Any
) -> Estimate:
    """Conditional mutual information I(X;Y|Z) of continuous variables by nearest neighbours.

    Parameters
    ----------
    x, y, z : array_like, shape (n,) or (n, d)
    unit : {"nats", "bits"}
    **options

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        NaN or infinity, too few rows, rows that differ in number, an unknown option.

    References
    ----------
    .. [1] S. Frenzel, B. Pompe (2007). Partial Mutual Information for Coupling Analysis of
       Multivariate Time Series. Physical Review Letters 99, 204101.

    Examples
    --------
    >>> import glow, numpy as np
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=2000)
    >>> x, y = z + rng.normal(size=2000), z + rng.normal(size=2000)  # independent, given z
    >>> abs(glow.conditional_mutual_information(x, y, z)) < 0.05
    True
    """
    chosen = _described.given(options)
    return measure(
        lambda a, b, c, unit: _core.conditional_mutual_information(a, b, c, chosen, unit),
        {"x": x, "y": y, "z": z},
        unit,
    )


@_described.with_options(_core.multi_information_fields)
def multi_information(*variables: ArrayLike, unit: Unit = "nats", **options: Any) -> Estimate:
    """Total correlation of two or more continuous variables by nearest neighbours.

    Parameters
    ----------
    *variables : array_like, shape (n,) or (n, d)
    unit : {"nats", "bits"}
    **options

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        Fewer than two variables, NaN or infinity, too few rows, rows that differ in number.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger (2004). Estimating Mutual Information.
       Physical Review E 69, 066138, eqs. 23 and 30.

    Examples
    --------
    >>> import glow, numpy as np
    >>> x, y, z = np.random.default_rng(0).normal(size=(3, 2000))
    >>> abs(glow.multi_information(x, y, z)) < 0.1
    True
    """
    chosen = _described.given(options)
    return measure(
        lambda *given: _core.multi_information(given[:-1], chosen, given[-1]),
        {f"variable {i}": data for i, data in enumerate(variables, 1)},
        unit,
    )


def tasks() -> dict[str, float]:
    """Joint laws of known mutual information: name → I(X;Y) in nats.

    Examples
    --------
    >>> import glow
    >>> round(glow.tasks()["1v1-normal-0.75"], 4)
    0.4133
    """
    return {name: truth for name, _, _, truth in _core.tasks()}


def sample(task: str, n: int = 10_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """n draws of a task of known mutual information, the same for the same seed.

    Parameters
    ----------
    task : str
        A name of :func:`tasks`.
    n, seed : int

    Returns
    -------
    x, y : numpy.ndarray
        (n, dx) and (n, dy).

    Examples
    --------
    >>> import glow
    >>> x, y = glow.sample("multinormal-dense-2-2-0.5", n=5)
    >>> x.shape, y.shape
    ((5, 2), (5, 2))
    """
    x, y = _core.sample(task, n, seed)
    return x.numpy(), y.numpy()


def _function(name: str, fields: list) -> Callable[..., Estimate]:
    made = _core.make_estimator(name)
    information = made.unit == "nats"

    def function(x, y, **options):
        unit = options.pop("unit", "nats") if information else "nats"
        engine = _core.make_estimator_with(name, _described.given(options))
        return measure(engine.estimate, {"x": x, "y": y}, unit)

    keywords = [*fields, _described.UNIT] if information else fields
    places = [inspect.Parameter(v, inspect.Parameter.POSITIONAL_OR_KEYWORD) for v in "xy"]
    signature = inspect.Signature(
        [*places, *_described.parameters(keywords)], return_annotation=Estimate
    )
    unit = "In nats or bits" if information else "Without a unit: it is no information"
    slope = "With a gradient where x or y requires one" if made.differentiable else "No gradient"
    text = _described.docstring(
        summary(name),
        Parameters=f"{_VARIABLES}\n{_described.parameter_docs(keywords, of=name)}".rstrip(),
        Returns=f"Estimate\n    {unit}. {slope}. Never clipped.",
        Raises=_RAISES,
        References=reference(name),
        Examples=example(name),
    )
    return _described.named(function, name, "glow.information", signature, text)


def make_functions() -> dict[str, Callable[..., Estimate]]:
    """A function an estimator of the engine: ``hsic``, ``ksg``, …"""
    own = {"multi_information"}  # of any number of variables, above
    return {
        name: _function(name, fields) for name, _, fields in _core.estimators() if name not in own
    }
