"""The tracker: a module on the information plane while the user's own loop trains it."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from numbers import Integral

from torch import nn

from glow import _core
from glow.errors import StateError, ValueError
from glow.plane import Plane
from glow.watching._batches import BatchWatch
from glow.watching._passes import Pass
from glow.watching._watcher import Probe, Watcher, place_of

_A_DECADE = 20  # steps that every="log" takes of each power of ten


class Tracker:
    """Watches a ``torch.nn.Module`` on the information plane while it trains.

    With a probe, its fixed examples are measured in evaluation mode: when the tracker is made
    (step 0), and then at every so many steps. Without one, it is the training batch itself, as it
    trained: the module's last pass in training mode, without a second one.

    Training is the same to the bit with a tracker and without: a pass over the probe changes no
    training flag, buffer, gradient or random number, and autocast is off in it.

    Parameters
    ----------
    module : torch.nn.Module
        The one that is called; what ``torch.compile`` gave, where that is called.
    evaluators : sequence
        Estimators of :mod:`glow.information`, specs such as ``"hsic(sigma=2)"``, or one's own.
    layers : str, sequence of str or callable, optional
        Which modules: globs of dotted names, ``"layer*|fc"`` or ``["layer*", "fc"]``, each for the
        outermost that it matches (``layer1``, and no part of it); or ``(name, module) -> bool``.
        When absent, all that own parameters themselves and are no normalization or activation.
    probe : (x, y), optional
        x is a tensor or array (n, ...), a tuple of arguments or a dict of keyword arguments; y are
        class numbers (n) or targets (n, d).
    every : int or str, optional
        A number of steps; ``"batch"``, each; ``"epoch"``, the end of each (see `end_epoch`); or
        ``"log"``, the steps 0, 1, 2, … about evenly spaced in their logarithm, 20 a power of ten.
        When absent, ``"log"`` with a probe and ``"batch"`` without.
    batches : int, optional
        Updates of an epoch, ``len(loader)``: epochs then end by themselves, without `end_epoch`.
    on : {"probe", "train", "validation", "test", "all"}, optional
        What the probe is of, for tables and figures; ``"probe"``, which does not say, when absent.
    tokens : {"mean", "flatten", "each"} or int, default "mean"
        Of a sequence (n, t, d): its mean over positions (padding included), all of it, each
        position as a representation ``name[i]``, or one position. Maps of convolutions are taken
        whole.
    select : callable, optional
        ``(name, output) -> tensor``: what of a module's output is its representation. Where it is
        absent or gives None: the tensor; ``last_hidden_state``, ``logits`` or ``out`` of a dict;
        else the first tensor.
    unit : {"nats", "bits"}
        Of estimators that have a unit.
    name : str, optional
        Of the plane; the module's class when absent.
    classes : int, optional
        How many there are. When absent, as many as the labels of the probe need; for batches, as
        many as the module's output has columns.

    Attributes
    ----------
    plane : glow.Plane
        What was measured so far.
    updates : int
        The optimizer updates counted so far.

    Raises
    ------
    glow.ValueError
        No evaluators; no such layers (the names there are follow); x and y that differ in rows.
    glow.StateError
        A step without labels or without a forward pass, where there is no probe.
    TypeError
        Something else than a module.

    Notes
    -----
    A representation is a module's output. A normalization or activation *module* that is run
    directly on exactly that output belongs to it, as in :class:`glow.IBSequential`. A module that
    runs twice in a pass is ``relu`` and ``relu:2``. Halves are measured as float32. X is the first
    tensor of numbers that the module is given; token numbers are taken as the numbers they are. An
    output without a row for each example is left out with a warning. (t, n, d) is turned where the
    module, or one around it, says ``batch_first=False``, or where X comes so.

    In the rows, ``step`` is the number of updates made when the activations were computed, and
    ``epoch`` the epoch being trained, from 1, for batches, and the epochs completed for probes.
    Until an epoch has ended, every update counts as one, unless `batches` says more: who never
    speaks of epochs has a plane over updates.

    Where any part of the module is compiled, a probe passes uncompiled. A batch then passes twice,
    first uncompiled and in evaluation mode, to be measured with the weights that it is about to
    train; its rows have the mode ``eval``.

    Examples
    --------
    >>> import glow, torch
    >>> x = torch.randn(60, 4, generator=torch.Generator().manual_seed(0))
    >>> y = (x[:, 0] > 0).long()
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> with glow.Tracker(model, ["hsic"], probe=(x, y), every=2) as tracker:
    ...     for _ in range(4):
    ...         loss = torch.nn.functional.cross_entropy(model(x), y)
    ...         optimizer.zero_grad()
    ...         loss.backward()
    ...         optimizer.step()
    ...         tracker.step()
    >>> tracker.plane.layers
    ['0', '2']
    >>> tracker.plane.columns["step"]
    [0, 0, 2, 2, 4, 4]
    """

    def __init__(
        self,
        module: nn.Module,
        evaluators: Sequence,
        layers: str | Sequence[str] | Callable | None = None,
        probe=None,
        *,
        every: int | str | None = None,
        batches: int | None = None,
        on: str | None = None,
        tokens: str | int = "mean",
        select: Callable | None = None,
        unit: str = "nats",
        name: str | None = None,
        classes: int | None = None,
    ):
        self._watcher = Watcher(
            module, evaluators, layers, tokens=tokens, select=select, unit=unit, classes=classes
        )
        self.name = name or type(self._watcher.inner).__name__
        self.updates = 0
        self._every = _checked_every(every, probe is not None)
        if batches is not None and (type(batches) is not int or batches < 1):
            raise ValueError(f"batches is a number of updates, 1 or more, not {batches!r}")
        self._batches = batches
        self._ends: list[int] = []  # the updates after which an epoch ended
        self._epoch = None  # as step(epoch=...) says it
        self._closed = False
        self._batch = None
        if probe is not None:
            self._on = place_of(on)
            self._probe = Probe(probe)
            self._measure_probe()
        elif on in (None, "batch"):
            self._on, self._probe = "batch", None
            self._batch = BatchWatch(module, self._watcher)
            self._last: tuple | None = None  # pass, labels and step, for every="epoch"
        else:
            raise ValueError(f"on={on!r} says what the probe is of: give probe=(x, y)")

    # In the training loop

    def step(self, y=None, *, epoch: int | None = None) -> None:
        """Count an optimizer update that was made, and measure where one is due.

        Parameters
        ----------
        y : array_like, optional
            Without a probe, the labels of the batch.
        epoch : int, optional
            The epoch being trained, counted in any way: a change of it ends the one before.
        """
        if self._closed:
            raise StateError("the tracker is closed: make one for each training")
        ended = self._is_another(epoch) and self._end()
        if self._batch:
            if ended:
                self._measure_last()
            self._take_batch(y)
        self.updates += 1
        if self._batch:
            self._batch.due = self._is_batch_due()
        elif self._is_due(self.updates) or (ended and self._every == "epoch"):
            self._measure_probe()
        if self._batches and self.updates % self._batches == 0:
            self.end_epoch()

    def end_epoch(self) -> None:
        """Say that an epoch is over; without an update since the last one ended, it is not."""
        if not self._end() or self._every != "epoch":
            return
        if self._batch:
            self._measure_last()
        else:
            self._measure_probe()

    def close(self) -> None:
        """Take down every hook. What was measured stays; more cannot be."""
        if self._closed:
            return
        try:
            # The last epoch, which no change of its number ends; or the only one.
            unsaid = self._every == "epoch" and not self._ends and not self._batches
            if self._epoch is not None or unsaid:
                self.end_epoch()
        finally:
            self._release()

    def _release(self) -> None:
        self._closed = True
        if self._batch:
            self._batch.close()

    def __enter__(self) -> "Tracker":
        return self

    def __exit__(self, kind, *error) -> None:
        if kind is None:
            self.close()
        else:
            self._release()

    # When

    def _is_due(self, step: int) -> bool:
        if self._every == "log":
            nearest = round(_A_DECADE * math.log10(step)) if step else 0
            return step == 0 or step == round(10 ** (nearest / _A_DECADE))
        return self._every != "epoch" and step % self._every == 0

    def _is_batch_due(self) -> bool:
        # Which batch is the last of an epoch is known only when it is over.
        return self._every == "epoch" or self._is_due(self.updates)

    def _is_another(self, epoch) -> bool:
        before, self._epoch = self._epoch, self._epoch if epoch is None else epoch
        return before is not None and before != self._epoch

    def _end(self) -> bool:
        if self.updates == (self._ends[-1] if self._ends else 0):
            return False
        self._ends.append(self.updates)
        return True

    # Measuring

    def _measure_probe(self) -> None:
        seen = self._probe.observe(self._watcher)
        self._measure(seen, self._probe.y, self.updates)

    def _take_batch(self, y) -> None:
        if not self._is_batch_due():
            return
        seen = self._batch.take()
        if seen is None:
            raise StateError(
                "no forward pass of the module in training mode since the last step: call the "
                "module itself (one that torch.compile gave must be what is tracked), or give a "
                "probe"
            )
        if y is None:
            raise StateError(
                "step() needs the labels of the batch, step(y), or the tracker a probe"
            )
        if self._every == "epoch":
            self._last = (seen, y, self.updates)
        else:
            self._measure(seen, y, self.updates)

    def _measure_last(self) -> None:
        if self._every == "epoch" and self._last:
            self._measure(*self._last)
            self._last = None

    def _measure(self, seen: Pass, y, step: int) -> None:
        # Epochs are counted when the plane is asked for; until one has ended, updates stand in.
        epoch = step + (1 if self._batch else 0)
        self._watcher.measure(seen, y, on=self._on, epoch=epoch, step=step)

    @property
    def plane(self) -> Plane:
        """What was measured so far."""
        rows, batches = self._watcher.rows, 1
        if self._ends or self._batches:
            columns = rows.columns()
            trained = 1 if self._batch else 0
            columns["epoch"] = [bisect_right(self._ends, s) + trained for s in columns["step"]]
            rows = _core.Rows.from_columns(columns)
            batches = self._batches or self._ends[0]
            if any(end != batches * (i + 1) for i, end in enumerate(self._ends)):
                batches = 0  # of different lengths
        return self._watcher.plane(self.name, rows, batches)

    def __repr__(self) -> str:
        what = self._on if self._probe else "the training batch"
        return f"<Tracker of {self.name} on {what}: {self.updates} updates>"


def _checked_every(every, probe: bool) -> int | str:
    if every is None:
        return "log" if probe else 1
    if every == "batch":
        return 1
    if isinstance(every, Integral) and not isinstance(every, bool) and every >= 1:
        return int(every)
    if every in ("epoch", "log"):
        return every
    raise ValueError(f'every is a number of steps, "batch", "epoch" or "log", not {every!r}')
