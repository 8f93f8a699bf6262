"""Axes of matplotlib in the look of the reports, and how epochs are spaced on them."""

import textwrap
from contextlib import contextmanager

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from matplotlib.transforms import Affine2D, ScaledTranslation, blended_transform_factory

INK, QUIET = "#212124", "#6b6b70"
# Lengths are points (1/72 inch) of a report's figure; on axes whose labels are larger than these,
# everything is in proportion.
SMALL = 6.5  # size of all text but axis labels
MARK = 2.3  # radius
_LABEL = 7.5
_EDGE = 6
_WIDTH = 100 / 25.4 * 72  # of a new figure: 100 mm
_HEIGHT = 0.56 * _WIDTH  # of its axes


@contextmanager
def look():
    """Our settings, while artists are made; those of the program come back after it."""
    ours = ("axes", "errorbar", "figure", "lines", "text", "xtick", "ytick")
    with matplotlib.rc_context(
        {
            **{k: v for k, v in matplotlib.rcParamsDefault.items() if k.startswith(ours)},
            # What a font lacks comes from the one that comes with matplotlib.
            "font.family": [*matplotlib.rcParams["font.family"], "DejaVu Sans"],
            "figure.dpi": 200,
            "axes.labelsize": _LABEL,
            "axes.formatter.use_mathtext": True,
            "axes.formatter.useoffset": False,
        }
    ):
        yield
        # A first figure loads the backend, and that of notebooks turns this on, for good.
        interactive = matplotlib.is_interactive()
    matplotlib.interactive(interactive)


class Canvas:
    """Axes in our look, of a new figure unless given; `one` is how long a point is on them."""

    def __init__(self, ax):
        self._new = ax is None
        if self._new:
            from matplotlib import pyplot

            size = _WIDTH / 72, (_HEIGHT + 50) / 72  # until the caption is known
            figure = pyplot.figure(figsize=size, layout="constrained")
            figure.get_layout_engine().set(w_pad=_EDGE / 72, h_pad=_EDGE / 72)
            ax = figure.add_subplot()
        self.ax = ax
        self.one = ax.xaxis.label.get_size() / _LABEL
        self.small = SMALL * self.one
        inches = Affine2D().scale(self.one / 72, -self.one / 72) + ax.figure.dpi_scale_trans
        #: From points, to the right and down from the upper left corner of the axes.
        self.points = inches + ScaledTranslation(0, 1, ax.transAxes)
        self._taken_right = 0.0  # by a colour bar
        shared = ax.get_shared_x_axes(), ax.get_shared_y_axes()
        self._used = [any(one.has_data() for one in group.get_siblings(ax)) for group in shared]
        ax.grid(False)
        ax.minorticks_off()
        ax.tick_params(which="both", direction="out", top=False, right=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.spines[["left", "bottom"]].set(color=INK, linewidth=0.6 * self.one)
        for axis, length, each in zip((ax.xaxis, ax.yaxis), self.size(), (28, 20), strict=True):
            axis.set_major_locator(_round_numbers(np.clip(length // each, 2, 8)))
            axis.set_major_formatter(ScalarFormatter())
            axis.label.set(color=INK, parse_math=False)
            self._dress(axis)

    def _dress(self, axis) -> None:
        style = {"color": INK, "width": 0.6 * self.one, "labelcolor": INK, "labelsize": self.small}
        axis.set_tick_params("major", length=3 * self.one, pad=2.5 * self.one, **style)
        axis.set_tick_params("minor", length=1.8 * self.one, **style)
        axis.get_offset_text().set(size=self.small, color=INK)

    def size(self) -> np.ndarray:
        """Width and height of the axes in points, as they now are."""
        return self.ax.get_window_extent().size * 72 / self.ax.figure.dpi / self.one

    def span(self) -> np.ndarray:
        """How much of each coordinate they show."""
        return np.array([np.ptp(self.ax.get_xlim()), np.ptp(self.ax.get_ylim())])

    def show(self, x, y) -> None:
        """These ranges, and what was drawn before on these axes or on some that share them."""
        ax = self.ax
        x = [*x, *(ax.get_xlim() if self._used[0] else ())]
        y = [*y, *(ax.get_ylim() if self._used[1] else ())]
        ax.set(xlim=(min(x), max(x)), ylim=(min(y), max(y)))

    def line(self, x, y, colour: str, width: float, **more) -> None:
        self.ax.plot(x, y, color=colour, linewidth=width * self.one, marker="", **more)

    def mark(self, at, marker, size: float, face: str, edge: str, width: float = 0.9) -> None:
        look = {"ms": size * self.one, "mfc": face, "mec": edge, "mew": width * self.one}
        self.ax.plot(at[:1], at[1:], ls="", marker=marker, zorder=4, **look)

    def colour_bar(self, epochs: "Epochs") -> None:
        ax = self.ax
        # From the right edge on in inches, and as high as the axes.
        across = ax.figure.dpi_scale_trans + ScaledTranslation(1, 0, ax.transAxes)
        beside = blended_transform_factory(across, ax.transAxes)
        inset = ax.inset_axes([8 * self.one / 72, 0, 5 * self.one / 72, 1], transform=beside)
        bar = ax.figure.colorbar(ScalarMappable(epochs.norm(), "viridis"), cax=inset)
        bar.outline.set_visible(False)
        self._dress(inset.yaxis)
        epochs.put_on(inset.yaxis, self.one)
        inset.set_title("epoch", loc="left", size=self.small, color=INK, pad=4.5 * self.one)
        self._taken_right = 13 + 22

    def finish(self, caption: str = "") -> None:
        """Write the caption below, and make room for all that stands outside of the axes."""
        ax = self.ax
        width, height = self.size()
        below = 0.0
        if caption:
            under = ax.yaxis.label if self._new else ax.transAxes, ax.xaxis.label
            put = {"xytext": (0, -5 * self.one), "textcoords": "offset points", "va": "top"}
            style = {"size": self.small, "color": QUIET, "linespacing": 1.3, "parse_math": False}
            put |= {"xycoords": under, "annotation_clip": False, **style}
            text = ax.annotate(caption, (0, 0), **put)
            room = _WIDTH - 2 * _EDGE if self._new else width
            whole = text.get_window_extent().width * 72 / ax.figure.dpi / self.one
            # By the letters of an average line; the widest have a little more.
            lines = textwrap.wrap(caption, max(20, int(0.96 * len(caption) * room / whole)))
            text.set_text("\n".join(lines))
            below = len(lines) * 1.35 * SMALL + 5
        if self._new:
            ax.figure.set_figheight((_HEIGHT + 26 + 20 + below) / 72)
        elif (
            caption and not ax.figure.get_layout_engine()
        ):  # within the place that the axes have had
            right, below = min(0.8, self._taken_right / width), min(0.8, below / height)
            if spec := ax.get_subplotspec():
                ratios = {"width_ratios": (1 - right, right), "height_ratios": (1 - below, below)}
                ax.set_subplotspec(spec.subgridspec(2, 2, wspace=0, hspace=0, **ratios)[0, 0])
            else:
                x, y, w, h = ax.get_position().bounds
                ax.set_position([x, y + h * below, w * (1 - right), h * (1 - below)])


def extent(values: np.ndarray, limits=(), from_zero: bool = False) -> np.ndarray:
    """Of what is known and a little beside, from zero and to the limits where these are near."""
    values = values[np.isfinite(values)]
    if not values.size:
        return np.array([0.0, 1.0])
    low, high = values.min(), values.max()
    most = max((value for _, value in limits), default=high)
    if most <= high + 0.5 * (high - min(0, low)):
        high = max(high, most)
    if low >= 0 and (from_zero or low < 0.35 * high):
        low = 0.0
    beside = 0.035 * (high - low) if high > low else 0.1 * abs(low) or 0.5
    return np.array([low - beside, high + beside])


def _round_numbers(most: int, **more) -> MaxNLocator:
    return MaxNLocator(most, steps=[1, 2, 5, 10], **more)


class Epochs:
    """How epochs are spaced: logarithmically from 100 on. There 0 stands half a decade below the
    first that is positive: before training is not infinitely long ago.
    """

    def __init__(self, epochs: np.ndarray):
        positive = epochs[epochs > 0]
        self._first = positive.min() if positive.size else 0.0
        self._has_zero = epochs.min() <= 0
        self.low, self.high = self._first, epochs.max() or 1.0
        self.logarithmic = self.high >= 100 and self._first < self.high
        if self.logarithmic:
            self.low /= np.sqrt(10) if self._has_zero else 1
            return
        if self._has_zero or self._first >= self.high:
            self.low = 0.0
        # The last batch of epoch 5 is at 4.999: the axis ends where that epoch does.
        if np.ceil(self.high) - self.high < 0.02 * self.high:
            self.high = np.ceil(self.high)

    def shown(self, epochs: np.ndarray) -> np.ndarray:
        return np.maximum(epochs, self.low)

    def norm(self) -> Normalize:
        return (LogNorm if self.logarithmic else Normalize)(self.low, self.high, clip=True)

    def beyond(self, share: float) -> float:
        """Where an axis ends that keeps a share of its length free after the last epoch."""
        reach = 1 / (1 - share)
        if self.logarithmic:
            return self.low * (self.high / self.low) ** reach
        return self.low + (self.high - self.low) * reach

    def put_on(self, axis, one: float) -> None:
        if not self.logarithmic:
            locator = _round_numbers(6, integer=self.high - self.low >= 2)
            ticks = locator.tick_values(self.low, self.high)
            axis.set_ticks([tick for tick in ticks if self.low <= tick <= self.high])
            return
        # Less than two decades need words between the powers of ten.
        short = self.high < 100 * self._first
        powers = np.arange(np.floor(np.log10(self._first)), np.log10(self.high) + 1)
        factors = np.arange(1, 10)
        ticks = np.outer(10.0**powers, factors)
        seen = (ticks >= self._first * (1 - 1e-9)) & (ticks <= self.high * (1 + 1e-9))
        long = np.isin(factors, (1, 2, 5) if short else 1)
        major, minor = ticks[seen & long], ticks[seen & ~long]
        labels = [f"{at:g}" if short else f"$10^{{{np.log10(at):.0f}}}$" for at in major]
        if self._has_zero:
            _draw_break(axis, np.sqrt(self.low * major[0]), one)
            major, labels = [self.low, *major], ["0", *labels]
        axis.set_ticks(major, labels)
        axis.set_ticks(minor, len(minor) * [""], minor=True)


def _draw_break(axis, at: float, one: float) -> None:
    """Two short strokes between 0 and what follows: no distance lies between them."""
    ax, upright = axis.axes, axis.axis_name == "y"
    strokes = np.array([(-2.0, -2.0), (-0.2, 2.0), (0.2, -2.0), (2.0, 2.0)])
    path = Path(strokes[:, ::-1] if upright else strokes, 2 * [Path.MOVETO, Path.LINETO])
    x, y, along = (
        (1, at, ax.get_yaxis_transform()) if upright else (at, 0, ax.get_xaxis_transform())
    )
    look = {"ls": "", "ms": 4 * one, "mec": INK, "mew": 0.6 * one, "clip_on": False, "zorder": 5}
    ax.plot([x], [y], transform=along, marker=path, **look)
