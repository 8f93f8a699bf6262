"""Plane: its numbers in every form, its look in a notebook, its report."""

import copy
import os
import pickle
import re
import stat
import subprocess
import warnings
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import glow
from glow import _core

COLUMNS = list(_core.Rows().columns())


def made_up(count=20, layers=2, names=("first", "second"), **more):
    """A plane of made-up rows; `more` are columns that are the same in each."""
    rows = {name: [] for name in COLUMNS}
    row = {"network": 1, "on": "all", "mode": "eval", "evaluator": "binned(edges=30)"}
    row |= {name: float("nan") for name in COLUMNS if name.endswith(("_error", "_null"))}
    row |= {"unit": "bits", "n": 100}
    for epoch in range(count):
        for layer in range(1, layers + 1):
            row |= {"epoch": epoch, "step": epoch, "layer": layer, "name": names[layer - 1]}
            row |= {"complexity": np.sin(0.1 * epoch) + layer, "generalization": 0.01 * epoch}
            for name in COLUMNS:
                rows[name].append((row | more)[name])
    return _core.Rows.from_columns(rows)


def trained(evaluator, **options):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(240, 12, generator=generator)
    y = (x[:, 0] + x[:, 1] > 0).long()
    model = glow.IBSequential(input_shape=(12,), **options)
    model.add(glow.layers.Dense(8, activation="tanh"))
    model.add(glow.layers.Dropout(0.1))
    model.add(glow.layers.Dense(2, activation="softmax"))
    model.compile("adam", "cross_entropy", ["accuracy"])
    model.attach_evaluator(evaluator)
    model.set_probe(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", glow.GlowWarning)  # of estimates from so few
        model.fit(x, y, batch_size=60, epochs=4, verbose=0)
    return model


@pytest.fixture(scope="module")
def on_batches():
    """Of a training that is watched at every batch."""
    return trained("hsic(sigma=5)", name="batches")


@pytest.fixture(scope="module")
def on_probe():
    """Of one that is watched at every epoch, on all its data."""
    return trained("binned(edges=30)", name="probe", every="epoch", on="train", unit="bits")


@pytest.fixture(params=["on_batches", "on_probe"])
def plane(request):
    return request.getfixturevalue(request.param).plane


# Numbers


def test_it_says_what_it_is(on_batches, on_probe):
    plane = on_batches.plane
    assert len(plane) == 4 * 4 * 2  # epochs, batches, layers
    assert plane.evaluators == ["hsic(sigma=5)"] and plane.layers == ["dense_1", "dense_2"]
    assert repr(plane) == "<Plane of 32 rows: 2 layers by hsic(sigma=5)>"
    assert "HSIC(T,X)" in str(plane) and "training batch" in str(plane)
    assert set(on_probe.plane.columns["unit"]) == {"bits"}
    assert "bits" in str(on_probe.plane) and "I(X;T)" in str(on_probe.plane)


def test_an_empty_plane():
    plane = glow.Plane(_core.Rows())
    assert len(plane) == 0 and plane.evaluators == [] and plane.layers == []
    assert repr(plane) == "<Plane of 0 rows>"
    assert str(plane) == "an empty plane: nothing was measured"
    assert plane._repr_html_() == "<p>an empty plane: nothing was measured</p>"
    assert plane.to_numpy().size == 0
    assert plane.to_csv() == (
        "network,epoch,step,on,mode,evaluator,layer,name,complexity,generalization,complexity_error,"
        "generalization_error,complexity_null,generalization_null,unit,n\n"
    )
    plane.save_report("empty.html")


def test_the_frame_is_the_csv(plane, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = plane.to_dataframe()
    assert list(frame.columns) == COLUMNS and len(frame) == len(plane)
    plane.to_csv(tmp_path / "plane.csv")
    again = pandas.read_csv(tmp_path / "plane.csv")
    pandas.testing.assert_frame_equal(frame, again)


def test_csv_as_text_and_as_a_file(plane):
    assert plane.to_csv("plane.csv") is None
    text = plane.to_csv()
    with open("plane.csv", encoding="utf-8") as file:
        assert file.read() == text
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert glow.read_plane("plane.csv").to_csv() == text


def test_read_plane_takes_a_run_folder(plane):
    os.mkdir("a-run")
    plane.to_csv("a-run/plane.csv")
    again = glow.read_plane("a-run")
    assert again.name == "a-run" and again.to_csv() == plane.to_csv()
    with pytest.raises(glow.Error):
        glow.read_plane("nowhere")


def test_array(on_batches, on_probe):
    array = on_batches.plane.to_numpy()
    assert array.shape == (4, 4, 1, 2, 2) and array.dtype == np.float64
    assert np.array_equal(array.ravel()[::2], on_batches.plane.columns["complexity"])
    assert np.array_equal(array, on_batches.evaluated_dynamics)
    assert on_probe.plane.to_numpy().shape == (5, 1, 1, 2, 2)  # with that before training
    assert on_probe.evaluated_dynamics.shape == (4, 1, 1, 2, 2)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda plane: pickle.loads(pickle.dumps(plane))]
)
def test_copies_are_whole_and_their_own(plane, copied):
    twin = copied(plane)
    assert twin.to_csv() == plane.to_csv() and str(twin) == str(plane)
    mine, its = dict(vars(plane)), dict(vars(twin))
    del mine["_rows"], its["_rows"]
    assert its == mine
    before = len(plane)
    twin._rows.extend(twin._rows)
    assert len(plane) == before


# Notebooks


class Reader(HTMLParser):
    """Tags that are open at the end, and the cells of tables."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.cells = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def figures(html):
    return re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)


def test_notebooks_show_figures_and_a_table(on_probe):
    html = on_probe.plane._repr_html_()
    (figure,) = figures(html)
    shown = " ".join(ElementTree.fromstring(figure).itertext())  # text is text
    assert "I(X;T) [bits]" in shown and "binned(edges=30)" in shown and "dense_2" in shown
    assert "max-width:100%" in figure
    cells = Reader(html[html.index("<table>") :]).cells
    assert cells[:4] == ["", "first", "largest complexity", "last"]
    assert cells[4:8] == ["layer", "epoch", "I(X;T) [bits]", "I(T;Y) [bits]"]
    assert cells[14] == "dense_1" and cells[15] == "0" and cells[21] == "4"


def test_figures_of_one_page_do_not_name_the_same(plane):
    # Inline figures share the ids of a page.
    assert not re.search(r"\bid=|url\(|href", plane._repr_html_())


def test_a_figure_and_a_table_for_each_evaluator():
    rows = made_up()
    rows.extend(made_up(evaluator="ksg(k=3)", complexity=float("nan")))
    html = glow.Plane(rows)._repr_html_()
    assert len(figures(html)) == 2 and html.count("<table>") == 2
    assert Reader(html).open == []
    last = Reader(html[html.rindex("<table>") :]).cells
    assert "largest complexity" not in last and "I(X;T) [bits]" not in last


HOSTILE = ["</svg><script>alert(1)</script>", "<img src=x onerror=alert(2)> & \"quotes\" 'too'"]


def test_names_are_text_not_html():
    plane = glow.Plane(made_up(names=HOSTILE), name="<b>plane</b>", warnings=["<u>careful</u>"])
    reader = Reader(plane._repr_html_())
    assert reader.open == [] and not reader.tags & {"script", "img", "b", "u"}
    assert set(HOSTILE) <= set(reader.cells)
    plane.save_report("report.html")
    with open("report.html", encoding="utf-8") as file:
        page = file.read()
    assert not re.search(r"<script>alert|<img src=x|<b>plane|<u>careful", page)
    assert "&lt;u&gt;careful" in page


def test_a_long_training_stays_small():
    plane = glow.Plane(made_up(1500, 5, [f"dense_{i}" for i in range(1, 6)]))
    assert len(plane) == 7500
    assert len(plane._repr_html_()) < 300_000


# The report


def test_the_report_shows_the_training(on_probe):
    plane = on_probe.plane
    assert str(plane.save_report("report.html")) == "report.html"
    with open("report.html", encoding="utf-8") as file:
        page = file.read()
    assert "<title>probe" in page
    for layer in on_probe._layer_table():
        assert f"<td>{layer[1]}</td><td>{layer[2]}</td>" in page
    curves = set(re.findall(r'"name":"(\w+)","y"', page))
    assert {"loss", "accuracy"} <= curves and "seconds" not in curves
    assert "I(X;T) [bits]" in page and _core.__version__ in page
    assert plane._warnings and all(f"<li>{text}</li>" in page for text in plane._warnings)


def test_without_warnings_the_report_has_none():
    glow.Plane(made_up()).save_report()
    with open("report.html", encoding="utf-8") as file:
        assert "Warnings" not in file.read()


def test_the_report_shows_warnings_and_facts():
    plane = glow.Plane(
        made_up(), warnings=["first is constant in these cells"], facts=[("seed", "1234567")]
    )
    plane.save_report()
    with open("report.html", encoding="utf-8") as file:
        page = file.read()
    assert "first is constant in these cells" in page and "1234567" in page


def test_files_are_written_whole_or_not_at_all():
    plane = glow.Plane(made_up())
    os.mkdir("taken")  # a folder is not replaced by a file
    for write in (plane.save_report, plane.to_csv):
        with pytest.raises(glow.Error, match="taken"):
            write("taken")
        assert os.listdir() == ["taken"] and os.listdir("taken") == []
    with open("report.html", "w", encoding="utf-8") as file:
        file.write("old" * 100_000)
    plane.save_report("report.html")
    with open("report.html", encoding="utf-8") as file:
        assert file.read().endswith("</html>\n")
    assert sorted(os.listdir()) == ["report.html", "taken"]


def test_files_can_be_read_by_whom_others_can():
    plane = glow.Plane(made_up())
    plane.to_csv("plane.csv")
    with open("beside", "w"):
        pass
    assert stat.S_IMODE(os.stat("plane.csv").st_mode) == stat.S_IMODE(os.stat("beside").st_mode)


def test_a_folder_that_is_not_there():
    plane = glow.Plane(made_up())
    for write in (plane.to_csv, plane.save_report):
        with pytest.raises(glow.Error, match="cannot write nowhere/file: No such file"):
            write("nowhere/file")


# Runs of the program

PROGRAM = Path(__file__).parents[2] / "build/bin/glow"


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    if not PROGRAM.exists():
        pytest.skip("build/bin/glow is not built")
    folder = tmp_path_factory.mktemp("runs") / "small"
    options = ["--networks", "2", "--epochs", "60", "-q", "--force"]
    subprocess.run([PROGRAM, "demo", "--out", folder, *options], check=True, capture_output=True)
    return folder


def test_a_run_is_read_whole(run_folder):
    plane = glow.read_plane(run_folder)
    assert plane.name == "demo"
    assert plane.layers == [f"dense_{i}" for i in range(1, 7)]
    assert plane.to_csv() == (run_folder / "plane.csv").read_text(encoding="utf-8")
    assert [layer[:3] for layer in plane._layers][0] == ("dense_1", "Dense", "(10)")
    assert {"loss", "accuracy"} <= set(plane._history) and len(plane._history["loss"]) == 60
    assert any("saturated" in text for text in plane._warnings)
    assert dict(plane._facts)["networks"] == "2"
    assert plane._limits["H(X)"] == pytest.approx(12 * np.log(2))
    assert pickle.loads(pickle.dumps(plane))._limits == plane._limits


def test_the_report_of_a_run_shows_all_that_is_known(run_folder):
    plane = glow.read_plane(run_folder)
    plane.save_report("report.html")
    with open("report.html", encoding="utf-8") as file:
        page = file.read()
    assert f"<title>{plane.name}" in page
    assert "H(X) = 12 bits" in page and "I(X;Y) = 0.9992 bits" in page
    assert all(f"<td>{layer[1]}</td><td>{layer[2]}</td>" in page for layer in plane._layers)
    assert {"loss", "accuracy"} <= set(re.findall(r'"name":"(\w+)","y"', page))
    assert all(f"<li>{text}</li>" in page for text in plane._warnings)
    assert all(value in page for _, value in plane._facts)
    for name in ("glow", "torch", "seed"):  # once, and of the run
        assert len(re.findall(rf"<dt>{name}</dt>", page)) == 1
    assert "H(X) = 12 bits" in plane._repr_html_()


def test_the_plot_of_a_run_shows_its_limits(run_folder):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    ax = glow.read_plane(run_folder).plot()
    ax.figure.canvas.draw()
    shown = {text.get_text() for text in ax.texts}
    assert {"H(X) = 12 bits", "I(X;Y) = 0.9992 bits", "dense_6"} <= shown
    assert any("Mean of 2 networks" in text for text in shown)
    matplotlib.pyplot.close("all")
