"""Names on axes, so placed that no two of them touch and none hides a curve."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path

from glow import _core
from glow._canvas import INK, QUIET, SMALL, Canvas


class _Names(Artist):
    """Names that find their places whenever the figure is drawn: the room depends on its size.

    Places are points to the right and down from the upper left corner of the axes.
    """

    def __init__(self, canvas: Canvas, count: int):
        super().__init__()
        self.set_in_layout(False)
        self.set_zorder(0)  # before the names
        self._canvas = canvas
        ax, more = canvas.ax, {"transform": canvas.points, "in_layout": False, "clip_on": False}
        words = {"size": canvas.small, "parse_math": False}
        thin = {"linewidth": 0.4 * canvas.one, "marker": "", "zorder": 1.9}
        self._texts = [ax.text(0, 0, "", **words, **more) for _ in range(count)]
        self._leaders = [ax.plot([], [], **thin, **more)[0] for _ in range(count)]
        ax.add_artist(self)

    def draw(self, renderer) -> None:
        for text, leader in zip(self._texts, self._leaders, strict=True):
            text.set(text="", rotation=0)
            leader.set_data([], [])
        self._place()

    def _put(self, i: int, text: str, colour: str, at, leader, **more) -> None:
        self._texts[i].set(text=text, color=colour, position=at, **more)
        self._leaders[i].set(color=colour, data=np.reshape(leader, (-1, 2)).T)

    def _points(self, places) -> np.ndarray:
        """Where places in the data are."""
        return (self._canvas.ax.transData - self._canvas.points).transform(places)

    def _fit(self, name: str, most: float = np.inf) -> tuple[str, float, float]:
        """A name, its middle left out where it is too long, its width and height."""
        text, one = self._texts[0], self._canvas.one * self._canvas.ax.figure.dpi / 72
        shown, kept = name, len(name)
        while True:
            text.set_text(shown)
            width, height = text.get_window_extent().size / one
            if width <= most or kept < 2:
                text.set_text("")
                return shown, width, height
            kept = max(1, min(kept - 1, int(kept * most / width)))
            shown = name[: kept - kept // 2] + "…" + name[len(name) - kept // 2 :]


class EndNames(_Names):
    """Of curves, to the right of the last of their tips (places in the data)."""

    def __init__(self, canvas: Canvas, names: list[str], colours: list[str], tips: list[tuple]):
        super().__init__(canvas, len(names))
        self._names, self._colours, self._tips = names, colours, tips

    def width(self, most: float) -> float:
        """What names and leaders take."""
        return min(max(self._fit(name)[1] for name in self._names) + 11, most)

    def _place(self) -> None:
        width, height = self._canvas.size()
        tips = self._points(self._tips)
        last = tips[:, 0].max()
        room = (height + 4) / len(tips)
        size = min(SMALL, room / 1.12)
        heights = _core.spread(list(tips[:, 1]), min(1.25 * size, room), 0, height)
        for text in self._texts:
            text.set_size(size * self._canvas.one)
        names = [self._fit(name, width - last - 6)[0] for name in self._names]
        for i, (name, at) in enumerate(zip(names, heights, strict=True)):
            leader = (last + 1.5, tips[i, 1]), (last + 7.5, at)
            self._put(i, name, self._colours[i], (last + 9, at), leader, va="center_baseline")


class PlaneNames(_Names):
    """Of layers (name, colour, start and other marks), and of the limits of x and of y."""

    def __init__(self, canvas: Canvas, layers: list[tuple], limits: list[list]):
        super().__init__(canvas, len(layers) + sum(map(len, limits)))
        self._layers, self._limits = layers, limits

    def _place(self) -> None:
        width, height = self._canvas.size()
        bounds = _core.Box(2, 0, width, height - 2)
        ink = self._ink(width, height)
        limits = self._limit_labels(bounds)
        tries = []
        for end in (0, 1):  # where there is more room
            labels = limits + self._layer_labels(end, bounds)
            chosen = _core.place_labels([places for *_, places in labels], ink, bounds)
            taken = zip(labels, chosen, strict=True)
            places = [None if i is None else label[-1][i] for label, i in taken]
            # What they would hide has pushed them away, and so is in this as well.
            cost = sum(1000 if place is None else place.cost for place in places)
            tries.append((cost, labels, places))
        _, labels, places = min(tries, key=lambda one: one[0])
        for i, ((text, colour, upwards, _), place) in enumerate(zip(labels, places, strict=True)):
            if place is None:  # there is no room at all
                continue
            leader = [(point.x, point.y) for point in _core.leader(place)]
            corner = place.box.x + (not upwards), place.box.y
            self._put(i, text, colour, corner, leader, rotation=90 * upwards, va="top")

    def _layer_labels(self, end: int, bounds) -> list[tuple]:
        """At all starts, 0, or ends, 1; layers that lie upon each other there share a name."""
        marks = [self._points(marks) for *_, marks in self._layers]
        stacks: list[list[int]] = []
        for i, mark in enumerate(marks):
            near = [s for s in stacks if np.hypot(*(mark[end] - marks[s[0]][end])) < 2]
            if near:
                near[0].append(i)
            else:
                stacks.append([i])
        out = []
        for stack in stacks:
            anchor = marks[stack[0]][end]
            text, width, height = self._fit(self._name(stack), 0.45 * bounds.width)
            colour = self._layers[stack[0]][1] if len(stack) == 1 else INK
            others = [_core.Point(*o) for i, m in enumerate(marks) if i not in stack for o in m]
            places = []
            if (anchor >= -1).all() and (anchor <= self._canvas.size() + 1).all():  # in sight
                point = _core.Point(*anchor)
                places = _core.around(point, others, width + 2, height, bounds)
            out.append((text, colour, False, places))
        return out

    def _name(self, stack: list[int]) -> str:
        names = [self._layers[i][0] for i in stack]
        neighbours = len(stack) > 2 and stack[-1] - stack[0] == len(stack) - 1
        return f"{names[0]} … {names[-1]}" if neighbours else ", ".join(names)

    def _limit_labels(self, bounds) -> list[tuple]:
        """Beside their lines, as near to where these begin as there is room."""
        size, out = self._canvas.size(), []
        for across, limits in enumerate(self._limits):
            upwards = across == 0  # a limit of x
            turn, along = slice(None, None, -1 if upwards else 1), size[1 - across]
            for name, value in limits:
                line = self._points((value, value))[across]
                text, *box = self._fit(name)
                places = []
                # Strips along the line as wide as the name is high.
                for side, cost in ((line - 2 - box[1], 0), (line + 2, 3)):
                    if not (0 <= line <= size[across] and 0 <= side <= size[across] - box[1]):
                        continue
                    low, most = (0, side - 0.01)[turn], (along, box[1] + 0.02)[turn]
                    for away in np.arange(0, along, 4):
                        at = along - away if upwards else away, side + box[1] / 2
                        strip = _core.Box(*low, *most)
                        for place in _core.around(_core.Point(*at[turn]), [], *box[turn], strip):
                            if not place.led:  # its line is beside it
                                place.cost = cost + 0.4 * away
                                places.append(place)
                out.append((text, QUIET, upwards, places))
        return out

    def _ink(self, width: float, height: float) -> list:
        """Points on what names should not hide: all lines but thin ones, and marks."""
        out = []
        for artist in self._canvas.ax.get_children():
            if artist.get_zorder() < 2 or not isinstance(artist, Line2D | LineCollection):
                continue
            to_points = artist.get_transform() - self._canvas.points
            if isinstance(artist, Line2D) and artist.get_linestyle() == "None":
                radius = artist.get_markersize() / 2 / self._canvas.one
                square = radius * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
                lines = [middle + square for middle in to_points.transform(artist.get_xydata())]
            else:
                paths = [artist.get_path()] if isinstance(artist, Line2D) else artist.get_paths()
                path = Path.make_compound_path(*paths)
                # What is in sight: of a part enlarged, the rest would be long.
                lines = path.to_polygons(to_points, width, height, closed_only=False)
            for line in lines:
                out += _core.sampled([_core.Point(*point) for point in line], 1)
        return out
