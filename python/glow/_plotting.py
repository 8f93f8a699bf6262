"""Figures with matplotlib, in the look of the reports. Only what draws imports it."""

from typing import NamedTuple

import numpy as np
from matplotlib.collections import LineCollection

from glow import _core
from glow._canvas import INK, MARK, QUIET, SMALL, Canvas, Epochs, extent, look
from glow._names import EndNames, PlaneNames
from glow.errors import StateError, ValueError

_COORDINATES = ("complexity", "generalization")
_DOTTED = (0, (1, 1.9))
_DASHED = (0, (7, 4.4))


def plane(given, ax=None, evaluator: str | None = None):
    """Draw a :class:`glow.Plane`; see :meth:`glow.Plane.plot`."""
    shown = _chosen(given, evaluator)
    colours = _core.layer_colours(len(shown["layers"]))
    ways = [_Way(layer, *pair) for layer, pair in zip(shown["layers"], colours, strict=True)]
    epochs = Epochs(np.concatenate([way.epoch for way in ways]))
    unit = "" if shown["unit"] == "none" else f" [{shown['unit']}]"
    labels = [shown[f"{key}_label"] + unit for key in _COORDINATES]
    limits = [shown[f"{key}_limits"] for key in _COORDINATES]
    on_plane = [way for way in ways if way.known.any()]
    with look():
        canvas = Canvas(ax)
        if on_plane:
            notes = _draw_plane(canvas, on_plane, epochs, labels, limits)
        else:  # one coordinate at most is known: that one against epochs
            of = int(any(np.isfinite(way.at[:, 1]).any() for way in ways))
            curves = [way.curve(of) for way in ways]
            notes = _draw_curves(canvas, curves, epochs, labels[of], limits[of])
        spread = "bars" if on_plane else "bands"
        caption = shown["caption"].replace("bars and bands", spread)
        if len(shown["networks"]) == 1 and any(np.isfinite(way.error).any() for way in ways):
            caption += f", {spread}: one standard error of the estimate"
        canvas.finish(". ".join([shown["evaluator"], caption, *notes]))
    return canvas.ax


def loss(history: dict, ax=None):
    """Draw the losses of `model.history.history`; see :meth:`glow.Sequential.plot_loss`."""
    curves = []
    # What validates counts, and is the darker one.
    for name, colour in (("loss", QUIET), ("val_loss", INK)):
        values = np.array(history.get(name, ()), float)
        if np.isfinite(values).any():
            curves.append(_Curve(name, colour, colour, 1.0 + np.arange(len(values)), values))
    if not curves:
        raise StateError("there is no loss to draw: nothing was trained")
    with look():
        canvas = Canvas(ax)
        _draw_curves(canvas, curves, Epochs(np.concatenate([c.x for c in curves])), "loss")
        canvas.finish()
    return canvas.ax


# What there is to draw


def _chosen(given, evaluator):
    planes = given._planes()
    if not planes:
        raise StateError("there is no plane to draw: nothing was measured")
    specs = [shown["evaluator"] for shown in planes]
    wanted = specs[0] if evaluator is None else str(evaluator)
    for names in (specs, [spec.partition("(")[0] for spec in specs]):
        if wanted in names:
            return planes[names.index(wanted)]
    there = ", ".join(dict.fromkeys(specs))
    raise ValueError(f"there is no evaluator '{evaluator}' on this plane, only {there}")


class _Curve(NamedTuple):
    """Against epochs."""

    name: str
    colour: str
    text_colour: str
    x: np.ndarray
    y: np.ndarray
    error: np.ndarray | float = np.nan
    null: np.ndarray | float = np.nan


class _Way:
    """The way of a layer on the plane, (n, 2) points, NaN where unknown."""

    def __init__(self, layer: dict, colour: str, text_colour: str):
        def columns(of: dict, suffix: str = "") -> np.ndarray:
            return np.column_stack([of[key + suffix].numpy() for key in _COORDINATES])

        self.name = " ".join(layer["name"].split())  # in one line
        self.colour, self.text_colour = colour, text_colour
        mean, several = layer["mean"], layer["networks"]
        self.epoch = mean["epoch"].numpy()
        self.at, self.error, self.null = (columns(mean, s) for s in ("", "_error", "_null"))
        # Of one network it is the mean.
        self.networks = [columns(one) for one in several] if len(several) > 1 else []
        self.known = np.isfinite(self.at).all(axis=1)
        self.null_known = np.isfinite(self.null).all(axis=1) & self.known
        #: Start, end and, where it can be told from them, turning point.
        self.marks = np.flatnonzero(self.known)[[0, -1]].tolist() if self.known.any() else []
        self._turn = layer["turning"][1]

    def see_turn(self, span: np.ndarray) -> None:
        """Mark the largest complexity, on axes that show this much, if no other mark hides it."""
        away = np.hypot(*((self.at[self.marks] - self.at[self._turn]) / span).T)
        if self.known[self._turn] and (away > 0.04).all():
            self.marks.append(self._turn)

    def curve(self, of: int) -> _Curve:
        values = (part[:, of] for part in (self.at, self.error, self.null))
        return _Curve(self.name, self.colour, self.text_colour, self.epoch, *values)


# The plane


def _draw_plane(canvas: Canvas, ways: list[_Way], epochs: Epochs, labels, limits) -> list[str]:
    ax = canvas.ax
    parts = [(w.at, w.at - w.error, w.at + w.error, w.null, *w.networks) for w in ways]
    values = np.concatenate(sum(parts, ()))
    x, y = (extent(values[:, i], limits[i]) for i in (0, 1))
    y[1] += 1.3 * SMALL / canvas.size()[1] * np.ptp(y)  # lines end above, and are named there
    canvas.show(x, y)
    ax.set(xlabel=labels[0], ylabel=labels[1])
    canvas.colour_bar(epochs)
    for draw, of in zip((ax.axvline, ax.axhline), limits, strict=True):
        for _, value in of:
            draw(value, color=QUIET, linewidth=0.5 * canvas.one, linestyle=_DASHED)
    for way in ways:
        way.see_turn(canvas.span())
        for network in way.networks:
            canvas.line(*network.T, way.colour, 0.4, alpha=0.4, zorder=1.5)
        _draw_time(canvas, way, epochs)
        if way.null_known.any():
            null = way.null[way.null_known]
            canvas.line(*null.T, QUIET, 0.9, linestyle=_DOTTED, zorder=2.5)
            canvas.mark(null[-1], "D", np.sqrt(2) * MARK, "white", QUIET, 0.7)
        _draw_marks(canvas, way)
    PlaneNames(canvas, [(way.name, way.text_colour, way.at[way.marks]) for way in ways], limits)
    words = {
        "open circle: start": True,
        "cross: largest complexity": any(len(way.marks) > 2 for way in ways),
        "disc: end": True,
        "thin: single networks": any(way.networks for way in ways),
        "dotted: mean under permutation": any(way.null_known.any() for way in ways),
    }
    return [", ".join(word for word, shown in words.items() if shown).capitalize()]


def _draw_time(canvas: Canvas, way: _Way, epochs: Epochs) -> None:
    """The line, coloured by time, and each snapshot that stands apart from the one before it."""
    ax = canvas.ax
    points, times = way.at[way.known], epochs.shown(way.epoch[way.known])
    coloured = {"cmap": "viridis", "norm": epochs.norm()}
    steps, middle = np.stack([points[:-1], points[1:]], axis=1), (times[:-1] + times[1:]) / 2
    line = {"linewidths": 1.1 * canvas.one, "capstyle": "round", "zorder": 2}
    ax.add_collection(LineCollection(steps, array=middle, **line, **coloured), autolim=False)
    places = points / canvas.span() * canvas.size()
    apart = [0]
    for i in range(1, len(places)):
        if np.hypot(*(places[i] - places[apart[-1]])) >= 3.2:
            apart.append(i)
    size = (MARK * canvas.one) ** 2
    ax.scatter(*points[apart].T, s=size, c=times[apart], linewidths=0, zorder=2.1, **coloured)


def _draw_marks(canvas: Canvas, way: _Way) -> None:
    hidden = (MARK + 0.6) / canvas.size() * canvas.span()  # errors that their marks hide
    for i in sorted(set(way.marks)):
        bars = zip(way.error[i], hidden, strict=True)  # NaN compares false
        dx, dy = (error if error > least else None for error, least in bars)
        thin = {"elinewidth": 0.6 * canvas.one, "capthick": 0.6 * canvas.one, "zorder": 3}
        more = {"fmt": "none", "ecolor": way.colour, "capsize": 1.6 * canvas.one, **thin}
        canvas.ax.errorbar(*way.at[i], xerr=dx, yerr=dy, **more)
    start, end, *turn = way.marks
    for i in turn:
        canvas.mark(way.at[i], "+", 2 * MARK, way.colour, way.colour)
    if start != end:
        canvas.mark(way.at[start], "o", 2 * MARK, "white", way.colour)
    # With a white edge, so that discs upon each other are told apart.
    canvas.mark(way.at[end], "o", 2 * MARK + 1.5, way.colour, "white", 0.5)


# Curves against epochs


def _draw_curves(canvas: Canvas, curves, epochs: Epochs, label: str, limits=()) -> list[str]:
    ax = canvas.ax
    curves = [curve for curve in curves if np.isfinite(curve.y).any()]
    null = any(np.isfinite(curve.null).any() for curve in curves)
    parts = [(c.y, c.y - c.error, c.y + c.error, c.null + 0 * c.y) for c in curves]
    y = extent(np.concatenate(sum(parts, ())), limits, null)
    if limits:
        y[1] += 1.3 * SMALL / canvas.size()[1] * np.ptp(y)  # they are named above their lines
    if epochs.logarithmic:
        ax.set_xscale("log")
    lasts = [np.flatnonzero(np.isfinite(curve.y))[-1] for curve in curves]
    tips = [(epochs.shown(c.x[i]), c.y[i]) for c, i in zip(curves, lasts, strict=True)]
    names = EndNames(canvas, [c.name for c in curves], [c.text_colour for c in curves], tips)
    width = canvas.size()[0]
    share = names.width(most=0.34 * width) / width
    canvas.show((epochs.low, epochs.beyond(share)), y)
    epochs.put_on(ax.xaxis, canvas.one)
    ax.spines.bottom.set_bounds(epochs.low, epochs.high)
    ax.set_xlabel("epoch", x=(1 - share) / 2)
    ax.set_ylabel(label)
    for curve in curves:
        x = epochs.shown(curve.x)
        if np.isfinite(curve.error).any():
            low, high = curve.y - curve.error, curve.y + curve.error
            ax.fill_between(x, low, high, color=curve.colour, alpha=0.2, linewidth=0)
        if np.isfinite(curve.null).any():
            canvas.line(x, curve.null, curve.colour, 0.9, linestyle=_DOTTED)
        canvas.line(x, curve.y, curve.colour, 1.1, solid_joinstyle="round")
        known = np.pad(np.isfinite(curve.y), 1)
        for i in np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:]):  # no line leads there
            canvas.mark((x[i], curve.y[i]), "o", 3.2, curve.colour, curve.colour, 0.3)
    small = {"size": canvas.small, "color": QUIET, "parse_math": False}
    above = {"xytext": (4 * canvas.one, 2 * canvas.one), "textcoords": "offset points"}
    for name, value in limits:
        canvas.line([epochs.low, epochs.high], 2 * [value], QUIET, 0.5, linestyle=_DASHED)
        ax.annotate(name, (epochs.low, value), **above, **small)
    return ["Dotted: mean under permutation"] if null else []
