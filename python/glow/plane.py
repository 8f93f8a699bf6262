"""The information plane: what was measured, and what can be made of it."""

import os
from html import escape
from pathlib import Path

import numpy as np

from glow import _core

_EMPTY = "an empty plane: nothing was measured"


class Plane:
    """The information plane of a training, a row a layer, evaluator and snapshot.

    Given by ``model.plane``, ``tracker.plane``, :func:`glow.trace` and :func:`glow.read_plane`.

    Attributes
    ----------
    columns : dict of list
        The columns of plane.csv by name.
    evaluators, layers : list of str
    """

    def __init__(
        self,
        rows,
        *,
        name="plane",
        batches=0,
        history=None,
        layers=(),
        warnings=(),
        facts=(),
        limits=None,
    ):
        self._rows = rows
        self.name = name
        self._batches = batches
        self._history = {k: list(v) for k, v in (history or {}).items()}
        self._layers = list(layers)
        self._warnings = list(warnings)
        self._facts = list(facts)
        self._limits = dict(limits or {})  # in nats: H(X), I(X;Y), where known

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def columns(self) -> dict:
        return self._rows.columns()

    @property
    def evaluators(self) -> list:
        return list(dict.fromkeys(self.columns["evaluator"]))

    @property
    def layers(self) -> list:
        return list(dict.fromkeys(self.columns["name"]))

    def to_dataframe(self):
        """The rows as a pandas DataFrame, with the columns of plane.csv."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_dataframe needs pandas: pip install pandas") from error
        return pandas.DataFrame(self.columns)

    def to_numpy(self) -> np.ndarray:
        """(epochs, snapshots an epoch, evaluators, layers, 2) float64, NaN where unknown."""
        return self._rows.array(before_training=True).numpy()

    def to_csv(self, path=None) -> str | None:
        """plane.csv as text, or written to a path."""
        text = self._rows.csv()
        if path is None:
            return text
        _core.write_file(os.fspath(path), text)
        return None

    def plot(self, ax=None, evaluator: str | None = None):
        """Draw the plane with matplotlib, in the style of the reports.

        A line a layer, coloured by time, from an open circle to a disc, and the limits that are
        known, H(X) and I(X;Y). Where only one coordinate is known, that one against epochs.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            A new figure's when absent. On given ones, everything is in proportion to the size of
            their labels.
        evaluator : str, optional
            Which one, where there are several: its spec or, for the first of a kind, its name. The
            first of all when absent.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from glow import _plotting

        return _plotting.plane(self, ax, evaluator)

    def save_report(self, path="report.html") -> Path:
        """Write the report: one HTML file that opens without a network."""
        import torch

        versions = {"glow": _core.__version__, "torch": torch.__version__}
        facts = list((versions | dict(self._facts)).items())  # a run that was read has its own
        history = list(self._history.items())
        html = _core.html_page(*self._shown(), history, self._warnings, facts)
        _core.write_file(os.fspath(path), html)
        return Path(path)

    def _planes(self) -> list:
        return self._rows.planes(self._batches, self._limits)

    def _shown(self) -> tuple:
        """What figures and reports are drawn from."""
        return self.name, self._rows, self._batches, self._limits, self._layers

    def __str__(self) -> str:
        return self._rows.table(self._batches).rstrip("\n") or _EMPTY

    def __repr__(self) -> str:
        if not len(self):
            return "<Plane of 0 rows>"
        layers = len(self.layers)
        return (
            f"<Plane of {len(self)} rows: {layers} layer{'s' if layers > 1 else ''} "
            f"by {', '.join(self.evaluators)}>"
        )

    def _repr_html_(self) -> str:
        planes = self._planes()
        if not planes:
            return f"<p>{_EMPTY}</p>"
        figures = _core.plane_figures(*self._shown())
        fit = '<svg style="max-width:100%;height:auto" '
        return "".join(
            f"<div>{svg.replace('<svg ', fit, 1)}</div>{_table(plane)}"
            for svg, plane in zip(figures, planes, strict=True)
        )

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_rows": self._rows.columns()}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._rows = _core.Rows.from_columns(state["_rows"])


def read_plane(path) -> Plane:
    """The plane of a run folder, with all that its report shows, or of a plane.csv alone."""
    path = Path(path)
    if not path.is_dir():
        return Plane(_core.Rows.read_csv(str(path)), name=path.parent.name or "plane")
    rest = _core.read_run(str(path))
    rest["history"] = dict(rest["history"])
    return Plane(_core.Rows.read_csv(str(path / "plane.csv")), **rest)


def _table(plane: dict) -> str:
    """First, turning and last point of each layer; the look is that of the page around it."""
    unit = "" if plane["unit"] == "none" else f" [{plane['unit']}]"
    turns = any(layer["mean"]["complexity"].isfinite().any() for layer in plane["layers"])
    times = {"first": 0, "largest complexity": 1, "last": 2} if turns else {"first": 0, "last": 2}
    coordinates = [key for key in ("complexity", "generalization") if turns or key[0] == "g"]
    labels = ["epoch", *(plane[f"{key}_label"] + unit for key in coordinates)]
    groups = "".join(
        f'<th colspan="{len(labels)}" style="text-align:center">{time}</th>' for time in times
    )
    names = len(times) * "".join(f"<th>{escape(label)}</th>" for label in labels)
    rows = []
    for layer in plane["layers"]:
        mean, cells = layer["mean"], [f"<th>{escape(layer['name'])}</th>"]
        for place in times.values():
            i = layer["turning"][place]
            cells.append(f"<td>{float(mean['epoch'][i]):.4g}</td>")
            for key in coordinates:
                value, error = float(mean[key][i]), float(mean[f"{key}_error"][i])
                cells.append(f"<td>{_core.pretty_number(value, error)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<table><thead><tr><th></th>{groups}</tr><tr><th>layer</th>{names}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


__all__ = ["Plane", "read_plane"]
