"""The figures of glow._plotting: what they hold, and that nothing in them collides."""

import pickle
import time
import warnings

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.collections import LineCollection  # noqa: E402
from matplotlib.colors import LogNorm, to_hex  # noqa: E402
from matplotlib.container import ErrorbarContainer  # noqa: E402

import glow  # noqa: E402
from glow import _core, _plotting  # noqa: E402

COLUMNS = _core.Rows().columns()


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


def way(share, time):
    """Of a layer at a share of the depth: it fits first and compresses later."""
    x = 12 - 9 * share + 3 * share * time - 6 * share * max(0, time - 0.5)
    return x, 1 - share + 0.9 * share * time**0.5


def make_plane(layers=4, epochs=range(0, 60, 3), networks=1, way=way, names=None, **more):
    """A plane of made-up rows; `more` are columns that are the same in each."""
    rows = {name: [] for name in COLUMNS}
    epochs = list(epochs)
    row = {"on": "all", "mode": "eval", "evaluator": "binned(edges=30)", "unit": "bits", "n": 4096}
    row |= {name: np.nan for name in COLUMNS if name.endswith(("_error", "_null"))}
    for network in range(1, networks + 1):
        for epoch in epochs:
            for layer in range(1, layers + 1):
                x, y = way(layer / layers, epoch / max(1, epochs[-1]))
                row |= {"network": network, "epoch": epoch, "step": 7 * epoch, "layer": layer}
                row |= {"complexity": x + 0.3 * network, "generalization": y - 0.01 * network}
                row |= {"name": names[layer - 1] if names else f"dense_{layer}"} | more
                for name, value in row.items():
                    rows[name].append(value)
    return glow.Plane(_core.Rows.from_columns(rows))


def texts(ax):
    return [text for text in ax.texts if text.get_visible() and text.get_text()]


def names(ax):
    """Of layers, and of limits on the plane: what finds its place as it is drawn."""
    return [text for text in texts(ax) if not hasattr(text, "xycoords")]


def caption(ax):
    return " ".join(text.get_text() for text in texts(ax) if hasattr(text, "xycoords")).replace(
        "\n", " "
    )


def markers(ax, kind):
    return [line for line in ax.lines if line.get_marker() == kind]


def assert_nothing_collides(figure):
    """All text is on the figure, and no two pieces of it touch."""
    figure.canvas.draw()
    shown = []
    for ax in (one for axes in figure.axes for one in (axes, *axes.child_axes)):
        shown += [*texts(ax), ax.xaxis.label, ax.yaxis.label, ax.title, ax._left_title]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
            shown += [label for place, label in ticks if low <= place <= high]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown if text.get_text()]
    assert len(boxes) > 5
    width, height = figure.bbox.size
    for i, (text, box) in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
        for other, there in boxes[:i]:
            # Half a pixel of overlap is rounding.
            apart = box.padded(-0.5).overlaps(there.padded(-0.5))
            assert not apart, f"{text!r} touches {other!r}"


def test_plane_says_what_it_shows():
    ax = make_plane().plot()
    assert ax.get_xlabel() == "I(X;T) [bits]"
    assert ax.get_ylabel() == "I(T;Y) [bits]"
    (bar,) = ax.child_axes
    assert bar.get_title("left") == "epoch"
    assert "binned(edges=30). One network; n = 4,096 examples (all)" in caption(ax)
    assert "open circle: start, cross: largest complexity, disc: end" in caption(ax).lower()
    assert "bars" not in caption(ax) and "dotted" not in caption(ax) and "thin" not in caption(ax)
    assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()
    assert ax.get_legend() is None and not ax.get_title()


def test_no_unit_where_there_is_none():
    ax = make_plane(evaluator="hsic(sigma=5)", unit="none").plot()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("HSIC(T,X)", "HSIC(T,Y)")


def test_a_line_and_its_marks_for_each_layer():
    ax = make_plane(layers=4).plot()
    lines = [one for one in ax.collections if isinstance(one, LineCollection)]
    assert len(lines) == 4
    assert all(len(line.get_segments()) == 19 for line in lines)
    assert [len(markers(ax, kind)) for kind in ("o", "+", "D")] == [8, 4, 0]
    colours = [line for line, _ in _core.layer_colours(4)]
    filled = [to_hex(m.get_markerfacecolor()) for m in markers(ax, "o")]
    assert [colour for colour in filled if colour != "#ffffff"] == colours
    ax.figure.canvas.draw()
    assert sorted(text.get_text() for text in names(ax)) == [f"dense_{i}" for i in range(1, 5)]


def test_a_single_snapshot_is_a_disc():
    ax = make_plane(epochs=[3]).plot()
    assert [len(markers(ax, kind)) for kind in ("o", "+")] == [4, 0]
    assert_nothing_collides(ax.figure)


@pytest.mark.parametrize(("last", "logarithmic"), [(60, False), (4000, True)])
def test_long_trainings_have_logarithmic_epochs(last, logarithmic):
    ax = make_plane(epochs=[0, 1, 2, 5, 20, last]).plot()
    line = next(one for one in ax.collections if isinstance(one, LineCollection))
    assert isinstance(line.norm, LogNorm) == logarithmic
    (bar,) = ax.child_axes
    ax.figure.canvas.draw()
    labels = [text.get_text() for text in bar.get_yticklabels()]
    assert labels[0] in ("0", "$\\mathdefault{0}$")  # before training, where logarithmic too
    assert ("$10^{3}$" in labels) == logarithmic
    assert line.get_array().min() > 0 or not logarithmic


def test_errors_are_bars():
    ax = make_plane(complexity_error=0.5, generalization_error=0.05).plot()
    bars = [one for one in ax.containers if isinstance(one, ErrorbarContainer)]
    assert len(bars) == 3 * 4  # start, turning point and end
    assert all(bar.has_xerr and bar.has_yerr for bar in bars)
    assert "bars: one standard error of the estimate" in caption(ax)


def test_errors_below_a_mark_are_not_drawn():
    ax = make_plane(complexity_error=1e-6, generalization_error=1e-6).plot()
    bars = [one for one in ax.containers if isinstance(one, ErrorbarContainer)]
    assert not any(bar.has_xerr or bar.has_yerr for bar in bars)


def test_several_networks_are_thin_lines_around_their_mean():
    ax = make_plane(layers=2, networks=3).plot()
    thin = [line for line in ax.lines if line.get_linewidth() < 0.5 and len(line.get_xdata()) > 2]
    assert len(thin) == 2 * 3
    assert {line.get_alpha() for line in thin} == {0.4}
    low, high = ax.get_xlim()
    assert all(low <= line.get_xdata().min() and line.get_xdata().max() <= high for line in thin)
    bars = [one for one in ax.containers if isinstance(one, ErrorbarContainer)]
    assert any(bar.has_xerr for bar in bars)  # the spread over networks
    assert "Mean of 3 networks, bars: one standard error" in caption(ax)
    assert "thin: single networks" in caption(ax)


def test_the_null_is_dotted():
    ax = make_plane(complexity_null=1.0, generalization_null=0.1).plot()
    dotted = [line for line in ax.lines if line.is_dashed()]
    assert len(dotted) == 4 and len(markers(ax, "D")) == 4
    assert "dotted: mean under permutation" in caption(ax)
    assert not any(line.is_dashed() for line in make_plane().plot().lines)


LIMITS = {"H(X)": 12 * np.log(2), "I(X;Y)": 0.9992 * np.log(2)}


@pytest.mark.parametrize("course", [None, "random"])
def test_limits_are_thin_and_named(course):
    plane = make_plane(layers=6, networks=3, **({"way": random} if course else {}))
    plane._limits = LIMITS if not course else {"H(X)": np.log(2), "I(X;Y)": 0.5 * np.log(2)}
    ax = plane.plot()
    dashed = [line for line in ax.lines if line.is_dashed()]
    assert len(dashed) == 2 and all(line.get_linewidth() < 0.6 for line in dashed)
    upright, level = dashed
    if not course:
        assert upright.get_xdata()[0] == pytest.approx(12)
        assert level.get_ydata()[0] == pytest.approx(0.9992)
    assert_nothing_collides(ax.figure)
    limits = {text.get_text().partition(" ")[0]: text for text in names(ax)[:2]}
    assert set(limits) == {"H(X)", "I(X;Y)"}
    assert limits["H(X)"].get_rotation() == 90 and limits["I(X;Y)"].get_rotation() == 0
    # Each beside its line, neither on it nor far from it.
    place = ax.transData.transform((upright.get_xdata()[0], level.get_ydata()[0]))
    of_x, of_y = (limits[name].get_window_extent() for name in ("H(X)", "I(X;Y)"))
    near = 3 * 200 / 72
    assert 0 < place[0] - of_x.x1 < near or 0 < of_x.x0 - place[0] < near
    assert 0 < place[1] - of_y.y1 < near or 0 < of_y.y0 - place[1] < near


def test_limits_far_beyond_the_values_are_not_shown():
    plane = make_plane()
    plane._limits = {"H(X)": 100.0, "I(X;Y)": 0.9992 * np.log(2)}
    ax = plane.plot()
    assert ax.get_xlim()[1] < 20
    ax.figure.canvas.draw()
    assert sum(text.get_text().startswith(("H(X)", "I(X;Y)")) for text in names(ax)) == 1


def test_without_units_there_are_no_limits():
    plane = make_plane(evaluator="hsic(sigma=5)", unit="none")
    plane._limits = LIMITS
    assert not any(line.is_dashed() for line in plane.plot().lines)


def test_limits_of_curves():
    plane = make_plane(complexity=np.nan)
    plane._limits = LIMITS
    ax = plane.plot()
    (line,) = [line for line in ax.lines if line.is_dashed()]
    assert line.get_ydata() == pytest.approx([0.9992, 0.9992])
    assert_nothing_collides(ax.figure)
    (name,) = [text for text in texts(ax) if text.get_text() == "I(X;Y) = 0.9992 bits"]
    assert name.get_window_extent().y0 > ax.transData.transform((0, 0.9992))[1]
    assert name.get_window_extent().y1 < ax.get_window_extent().y1


def stacked(share, time):
    return 12.0, 0.9 * time


def level(share, time):
    return 10 * time**share, 0.05 + 0.9 * time


def random(share, time):
    return np.random.default_rng([int(1000 * share), int(1000 * time)]).normal(size=2)


@pytest.mark.parametrize("layers", [1, 6, 15])
@pytest.mark.parametrize("course", [way, stacked, level, random])
def test_names_neither_collide_nor_are_clipped(course, layers):
    epochs = [0, 1, 2, 5, 10, 50, 100, 500]
    ax = make_plane(layers=layers, epochs=epochs, way=course).plot()
    assert_nothing_collides(ax.figure)
    inside = ax.get_window_extent()
    for text in names(ax):
        box = text.get_window_extent()
        assert inside.x0 <= box.x0 and box.x1 <= inside.x1 + 6 and box.y1 <= inside.y1


def test_layers_upon_each_other_share_a_name():
    ax = make_plane(layers=5, way=stacked).plot()
    ax.figure.canvas.draw()
    assert [text.get_text() for text in names(ax)] == ["dense_1 … dense_5"]


@pytest.mark.parametrize("layout", [None, "tight", "constrained"])
def test_given_axes_are_drawn_into(layout):
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 4), layout=layout)
    assert make_plane(networks=3).plot(left) is left
    assert make_plane(complexity=np.nan).plot(ax=right) is right
    assert pyplot.get_fignums() == [figure.number]
    assert figure.axes == [left, right]
    assert_nothing_collides(figure)
    left.set_title("tanh")
    if layout is None:
        figure.tight_layout()
    assert_nothing_collides(figure)


def test_everything_grows_with_the_labels_of_given_axes():
    sizes = []
    for size in (6, 12):
        _, ax = pyplot.subplots()
        ax.xaxis.label.set_size(size)
        make_plane().plot(ax).figure.canvas.draw()
        sizes.append((names(ax)[0].get_size(), markers(ax, "+")[0].get_markersize()))
    assert np.allclose(sizes[1], 2 * np.array(sizes[0]))


def test_axes_that_are_shared_show_both():
    _, (left, right) = pyplot.subplots(1, 2, sharex=True, sharey=True)
    make_plane().plot(left)
    before = left.get_xlim()
    make_plane(way=lambda share, time: (30 + time, 5 + time)).plot(right)
    assert left.get_xlim() == right.get_xlim()
    assert left.get_xlim()[0] <= before[0] and left.get_xlim()[1] > 30


def test_column_width():
    millimetre = 1 / 25.4
    figure, ax = pyplot.subplots(
        figsize=(85 * millimetre, 75 * millimetre), layout="constrained", dpi=200
    )
    ax.xaxis.label.set_size(7.5)
    ax.yaxis.label.set_size(7.5)
    make_plane(layers=6, networks=3).plot(ax)
    assert_nothing_collides(figure)


def test_a_new_figure_has_the_size_of_print():
    figure = make_plane().plot().figure
    assert figure.get_figwidth() == pytest.approx(100 / 25.4)
    assert figure.dpi >= 150
    for kind in ("png", "svg", "pdf"):
        figure.savefig(f"plane.{kind}")
    figure.savefig("tight.png", bbox_inches="tight")


def test_settings_of_the_program_stay_and_do_not_reach_the_figure():
    theirs = {
        "font.size": 20,
        "axes.grid": True,
        "xtick.top": True,
        "xtick.minor.visible": True,
        "axes.facecolor": "black",
        "text.usetex": True,
        "figure.constrained_layout.use": True,
    }
    with matplotlib.rc_context(theirs):
        before = dict(matplotlib.rcParams)
        ax = make_plane().plot()
        _plotting.loss({"loss": [1.0, 0.5]})
        assert dict(matplotlib.rcParams) == before
    assert ax.xaxis.label.get_size() == 7.5
    assert to_hex(ax.get_facecolor()) == "#ffffff"
    assert not any(text.get_usetex() for text in texts(ax))
    assert_nothing_collides(ax.figure)


def test_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(pyplot, "show", lambda *a, **k: pytest.fail("shown"))
    make_plane().plot()
    _plotting.loss({"loss": [1.0, 0.5]})


def test_matplotlib_is_loaded_only_to_draw(run_python):
    run_python("import sys, glow; assert 'matplotlib' not in sys.modules")


def test_without_complexity_generalization_against_epochs():
    ax = make_plane(complexity=np.nan, evaluator="ksg(k=3)", networks=3, unit="nats").plot()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "I(T;Y) [nats]")
    assert not ax.child_axes  # no colour bar: epochs have an axis
    curves = [line for line in ax.lines if len(line.get_xdata()) == 20]
    assert len(curves) == 4
    assert len(ax.collections) == 4  # bands of one standard error
    assert "bands: one standard error" in caption(ax)
    assert_nothing_collides(ax.figure)
    ends = {text.get_text(): text.get_window_extent() for text in names(ax)}
    assert set(ends) == {f"dense_{i}" for i in range(1, 5)}
    right = ax.transData.transform((57, 0))[0]
    assert all(box.x0 > right for box in ends.values())


def test_curves_of_a_long_training():
    ax = make_plane(complexity=np.nan, epochs=[0, 1, 10, 100, 1000]).plot()
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()][0] == "0"
    assert min(line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 5) > 0
    assert_nothing_collides(ax.figure)


def test_without_generalization_complexity_against_epochs():
    ax = make_plane(generalization=np.nan).plot()
    assert ax.get_ylabel() == "I(X;T) [bits]"
    assert_nothing_collides(ax.figure)


HOSTILE = ["$\\frac{", "<script>alert(1)</script>", "x" * 300, "two\nlines\t%s {0} \\n"]


@pytest.mark.parametrize("complexity", [1.0, np.nan])
def test_names_may_hold_anything(complexity):
    plane = make_plane(names=HOSTILE, evaluator="mine", way=lambda share, time: (share, time))
    if np.isnan(complexity):
        plane = make_plane(names=HOSTILE, evaluator="mine", complexity=np.nan)
    ax = plane.plot()
    assert_nothing_collides(ax.figure)
    shown = [text.get_text() for text in names(ax)]
    assert HOSTILE[0] in shown
    assert any("…" in text and len(text) < 60 for text in shown)
    assert not any("\n" in text for text in shown)
    ax.figure.savefig("hostile.svg")


def test_the_names_follow_the_axes():
    ax = make_plane().plot()
    ax.set_xlim(2, 4)  # only the last layer is left, and enlarged
    ax.figure.canvas.draw()
    assert [text.get_text() for text in names(ax)] == ["dense_4"]
    ax.set_xlim(1e9, 1e9 + 1e-3)
    ax.figure.canvas.draw()
    assert not names(ax)


def test_a_plane_of_six_layers_is_drawn_at_once():
    plane = make_plane(layers=6, epochs=range(200), networks=2, complexity_null=3.0)
    plane._limits = LIMITS
    plane.plot().figure.canvas.draw()  # loads fonts
    start = time.process_time()
    plane.plot().figure.canvas.draw()
    assert time.process_time() - start < 2  # on a slow machine; about 0.2 here


def test_figures_can_be_pickled():
    figure = make_plane().plot().figure
    figure.canvas.draw()
    pickle.loads(pickle.dumps(figure)).canvas.draw()


def test_drawing_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for plane in (make_plane(), make_plane(networks=2), make_plane(complexity=np.nan)):
            plane.plot().figure.canvas.draw()


def test_nothing_measured():
    empty = glow.Plane(_core.Rows())
    with pytest.raises(glow.StateError, match="nothing was measured"):
        empty.plot()
    with pytest.raises(glow.StateError, match="nothing was measured"):
        make_plane(complexity=np.nan, generalization=np.nan).plot()
    assert not pyplot.get_fignums()


def test_evaluators_are_chosen_by_name():
    rows = _core.Rows()
    for evaluator in ("binned(edges=30)", "hsic(sigma=5)"):
        rows.extend(make_plane(evaluator=evaluator)._rows)
    plane = glow.Plane(rows)
    assert "binned(edges=30)" in caption(plane.plot())
    assert "hsic(sigma=5)" in caption(plane.plot(evaluator="hsic(sigma=5)"))
    assert "hsic(sigma=5)" in caption(plane.plot(evaluator="hsic"))
    with pytest.raises(glow.ValueError, match=r"'ksg'.*binned\(edges=30\), hsic\(sigma=5\)"):
        plane.plot(evaluator="ksg")


def test_loss():
    ax = _plotting.loss({"loss": [3, 2, 1], "accuracy": [0, 1, 2], "val_loss": [3.5, 2.5, 2]})
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    curves = [line for line in ax.lines if len(line.get_xdata()) == 3]
    assert [list(curve.get_ydata()) for curve in curves] == [[3, 2, 1], [3.5, 2.5, 2]]
    assert list(curves[0].get_xdata()) == [1, 2, 3]
    assert ax.get_xlim()[0] == 1
    assert_nothing_collides(ax.figure)
    assert [text.get_text() for text in names(ax)] == ["loss", "val_loss"]


def test_loss_of_what_there_is():
    figure, axes = pyplot.subplots()
    assert _plotting.loss({"loss": [1.0]}, axes) is axes
    assert len(markers(axes, "o")) == 1  # one epoch is a point
    figure.canvas.draw()
    ax = _plotting.loss({"loss": [3, np.nan, 1, 2], "val_loss": [np.nan] * 4})
    ax.figure.canvas.draw()
    assert [text.get_text() for text in names(ax)] == ["loss"]
    with pytest.raises(glow.StateError, match="nothing was trained"):
        _plotting.loss({})
    with pytest.raises(glow.StateError, match="nothing was trained"):
        _plotting.loss({"loss": []})


def test_losses_of_two_trainings_on_the_same_axes():
    _, ax = pyplot.subplots()
    _plotting.loss({"loss": [3, 2, 1]}, ax)
    _plotting.loss({"loss": [9, 8, 7, 6, 5]}, ax)
    assert ax.get_ylim()[0] < 1 and ax.get_ylim()[1] > 9
