"""Estimators as objects: what is attached to a network, named in a file, subclassed."""

from __future__ import annotations  # help() shows them as they are written here

import inspect
import re
import weakref
from typing import Any

import torch

from glow import _core, _described
from glow._arrays import ArrayLike
from glow._device import choose
from glow.information._docs import class_example, summary
from glow.information._estimate import Estimate, measure
from glow.information._references import reference

_ACRONYMS = {"cca", "cka", "hsic", "kde", "kl", "ksg", "lnc", "mi", "nhsic", "nsb"}


def class_name(name: str) -> str:
    """The class of an estimator: ``mixed_ksg`` is ``MixedKSG``."""
    return "".join(p.upper() if p in _ACRONYMS else p.capitalize() for p in name.split("_"))


class Estimator:
    """A dependence criterion: subclass it and write ``criterion(self, x, y)``.

    Parameters
    ----------
    gpu : bool, default False
        Where `device` is; without a GPU, True warns once and means the CPU.
    **kwargs
        Kept as ``self.params_dict``, and part of the criterion's name in tables and figures.

    Notes
    -----
    ``criterion(x, y)`` takes x (n, dx) and y (n, dy) and gives a 0-d tensor or a number; autograd
    works through it. On the information plane it is applied to each layer with the input, and with
    the label as one-hot float32. A subclass that wants the whole segment writes
    ``eval_dynamics_segment`` instead. ``unit = "nats"`` on the class says that it is an
    information.

    Examples
    --------
    >>> import glow, torch
    >>> class Covariance(glow.Estimator):
    ...     def criterion(self, x, y):
    ...         return (x - x.mean(0)).T.mm(y - y.mean(0)).square().sum() / len(x) ** 2
    >>> x = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    >>> float(Covariance().estimate(x, x))
    1.5625
    """

    unit: str = "none"
    params_dict: dict[str, Any]
    device: torch.device

    def __init__(self, gpu: bool = False, **kwargs: Any):
        self.params_dict = kwargs
        self.device = torch.device(choose(bool(gpu), None))

    @property
    def spec(self) -> str:
        """What it is called in tables, files and legends."""
        options = getattr(self, "params_dict", {})
        # What can be read back: a path or a sentence is no part of a name.
        shown = [f"{k}={v}" for k, v in options.items() if re.fullmatch(r"[\w.+-]+", str(v))]
        return f"{type(self).__name__}({', '.join(shown)})" if shown else type(self).__name__

    def criterion(self, x: torch.Tensor, y: torch.Tensor) -> Any:
        """The dependence of x (n, dx) and y (n, dy): a 0-d tensor or a number."""
        raise NotImplementedError(f"{type(self).__name__} has no criterion(self, x, y)")

    def eval_dynamics_segment(self, dynamics_segment: list[torch.Tensor]) -> list:
        """[complexity, generalization] of each layer of the list [x, t1 … tL, y]."""
        x, *layers, y = (t.flatten(1) if t.dim() > 1 else t.unsqueeze(1) for t in dynamics_segment)
        return [[self.criterion(t, x), self.criterion(t, y)] for t in layers]

    def estimate(self, x: ArrayLike, y: ArrayLike) -> Estimate:
        """The dependence of two variables, with all that is known about the number."""
        return _estimate(self._engine(), x, y)

    def __call__(self, x: ArrayLike, y: ArrayLike) -> Estimate:
        return self.estimate(x, y)

    def __repr__(self) -> str:
        return self.spec

    def _engine(self, held: bool = True) -> _core.Estimator:
        """What the engine calls; made anew, since options of a user's class may change.

        Not `held`, somebody else keeps this object: the collector sees no cycle through the engine.
        """
        whole = type(self).eval_dynamics_segment is not Estimator.eval_dynamics_segment
        called = self if held else weakref.proxy(self)
        return _core.make_criterion(called, self.spec, self.unit, whole)


_GPU = """gpu : bool, default False
    PyGlow's word: warned of where there is no GPU. Data are measured where they are."""


class _BuiltIn(Estimator):
    """An estimator of the engine."""

    _name: str
    _options: list

    def __init__(self, *args: Any, gpu: bool = False, **options: Any):
        places = [field[0] for field in self._options]
        options = _described.by_place(type(self).__name__, places, args, options)
        super().__init__(gpu=gpu, **options)
        self._core = self._make()
        self.unit = self._core.unit

    def _make(self) -> _core.Estimator:
        return _core.make_estimator_with(self._name, _described.given(self.params_dict))

    @property
    def spec(self) -> str:
        return super().spec if self._is_changed() else self._core.spec

    def criterion(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return _estimate(self._core, x, y).tensor

    def _engine(self, held: bool = True) -> _core.Estimator:
        return super()._engine(held) if self._is_changed() else self._core

    def _is_changed(self) -> bool:
        """Whether a subclass computes something else."""
        return (
            type(self).criterion is not _BuiltIn.criterion
            or type(self).eval_dynamics_segment is not Estimator.eval_dynamics_segment
        )

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_core"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._core = self._make()


def _estimate(engine: _core.Estimator, x: ArrayLike, y: ArrayLike) -> Estimate:
    return measure(engine.estimate, {"x": x, "y": y}, "bits" if engine.unit == "bits" else "nats")


def _class(name: str, fields: list) -> type:
    own, engine = class_name(name), _core.make_estimator(name)
    text = _described.docstring(
        f"{summary(name)}\n\n"
        f"The coordinates of a layer T are {engine.axes[0]} and {engine.axes[1]}.",
        Parameters=f"{_described.parameter_docs(fields, of=name)}\n{_GPU}".lstrip(),
        References=reference(name),
        Examples=class_example(name, own, engine.spec),
    )
    by_place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    gpu = inspect.Parameter("gpu", inspect.Parameter.KEYWORD_ONLY, default=False)
    options = [option.replace(kind=by_place) for option in _described.parameters(fields)]
    members = {
        "__doc__": text,
        "__module__": "glow.information",
        "__signature__": inspect.Signature([*options, gpu]),
        "_name": name,
        "_options": fields,
    }
    return type(own, (_BuiltIn,), members)


def make_classes() -> dict[str, type]:
    """A class an estimator of the engine: ``HSIC``, ``KSG``, …"""
    return {class_name(name): _class(name, fields) for name, _, fields in _core.estimators()}


def estimator(given: str | Estimator | type[Estimator]) -> Estimator:
    """An :class:`Estimator` from one, its class, or a spec such as ``"ksg(k=5)"``.

    Examples
    --------
    >>> import glow
    >>> glow.information.estimator("ksg(k=5)").params_dict
    {'k': 5}
    """
    if isinstance(given, Estimator):
        return given
    if inspect.isclass(given) and issubclass(given, Estimator):
        return given()
    if not isinstance(given, str):
        raise TypeError(f"an estimator is an object of glow or a spec, not {type(given).__name__}")
    from glow import information

    _core.make_estimator(given)  # says what is wrong with the spec, in its own words
    name, options = _core.parse_spec(given)
    return getattr(information, class_name(name))(**options)


def check_estimator(
    criterion: str | Estimator | type[Estimator],
    *,
    discrete: bool = False,
    symmetric: bool = True,
    translated: bool = True,
    scaled: bool = False,
    rotated: bool = False,
    tolerance: float = 1e-6,
    gaussian_error: float = -1.0,
    exceptions: dict[str, str] | None = None,
) -> list[tuple[str, str]]:
    """What an estimator breaks of the contract of all estimators.

    Parameters
    ----------
    criterion : Estimator or str
        What is tried, on data of its own.
    discrete : bool
        It is for classes.
    symmetric, translated, scaled, rotated : bool
        It does not change when x and y change places, or a variable is moved, scaled or rotated.
    tolerance : float
        Of what should not change.
    gaussian_error : float
        Largest error in nats for Gaussian pairs; negative for what is no information.
    exceptions : dict, optional
        Checks that it may fail, and why: ``{check: reason}``.

    Returns
    -------
    list of (check, what)
        Empty for an estimator that keeps the contract.

    Examples
    --------
    >>> import glow
    >>> glow.check_estimator("dcor", scaled=True, rotated=True)
    []
    """
    return _core.check_estimator(
        estimator(criterion)._engine(),
        discrete,
        symmetric,
        translated,
        scaled,
        rotated,
        tolerance,
        gaussian_error,
        exceptions or {},
    )
