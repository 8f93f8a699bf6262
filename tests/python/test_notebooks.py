"""The notebooks of examples/: they run, and what is stored of them is fit to be read."""

import gzip
import os
import struct
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import run_notebooks  # noqa: E402

NAMES = ["comparing_estimators", "custom_criterion", "getting_started", "watching_pytorch"]
SETS = {"getting_started": "mnist", "watching_pytorch": "fashion-mnist"}
PARTS = {"train": 1500, "t10k": 500}  # of each set's files: how many examples a run here sees


def read(name):
    return nbformat.read(run_notebooks.FOLDER / f"{name}.ipynb", as_version=4)


def figures(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def idx_head(source, target, most):
    """Writes the first `most` entries of an IDX file as one of its own."""
    with gzip.open(source) as file:
        magic = file.read(4)
        _, *shape = struct.unpack(f">{magic[3]}I", file.read(4 * magic[3]))
        count = most
        for size in shape:
            count *= size
        content = file.read(count)
    with gzip.open(target, "wb", compresslevel=1) as file:
        file.write(magic + struct.pack(f">{magic[3]}I", most, *shape) + content)


def smaller(name, folder):
    """A folder of data sets that holds the first examples of one; a skip where there is none."""
    of = Path(os.environ.get("GLOW_DATA_DIR", "")) / name
    files = sorted(of.glob("*-ubyte.gz")) if "GLOW_DATA_DIR" in os.environ else []
    if len(files) != 4:
        pytest.skip(f"{name} is not in GLOW_DATA_DIR")
    (folder / name).mkdir(parents=True)
    for file in files:
        idx_head(file, folder / name / file.name, PARTS[file.name.partition("-")[0]])
    return folder


def shortened(notebook):
    """Fewer draws and epochs; the cells are otherwise as they are."""
    changed = {
        "information, 1000, 20, link": "information, 200, 2, link",
        "1.0, n, 20)": "1.0, n, 2)",
        "range(200)": "range(5)",
        "epochs = 200": "epochs = 5",
    }
    for cell in notebook.cells:
        for old, new in changed.items():
            cell.source = cell.source.replace(old, new)
    return notebook


def test_every_notebook_is_tested():
    assert sorted(path.stem for path in run_notebooks.FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_fit_to_be_read(name):
    notebook = read(name)
    assert run_notebooks.faults(notebook) == []
    assert any(cell.get("outputs") for cell in notebook.cells)
    tidied = nbformat.from_dict(notebook)
    run_notebooks.tidy(tidied)
    assert nbformat.writes(tidied) == nbformat.writes(notebook)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_on_a_part_of_the_data(name, tmp_path, monkeypatch):
    # Threads that wait for each other on busy cores cost many times the work.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    if name in SETS:
        monkeypatch.setenv("GLOW_DATA_DIR", str(smaller(SETS[name], tmp_path / "data")))
    stored = read(name)
    executed = run_notebooks.run(shortened(nbformat.from_dict(stored)), timeout=120)
    assert figures(executed) == figures(stored)


def test_faults_are_found():
    cell = nbformat.v4.new_code_cell("1 / 0", execution_count=1)
    output = nbformat.v4.new_output("error", ename="E", evalue="", traceback=["in /tmp/a.py"])
    cell.outputs = [output]
    found = run_notebooks.faults(nbformat.v4.new_notebook(cells=[cell]))
    assert found == ["an error among the outputs", "no figure", "an absolute path: /tmp"]


def test_of_a_stream_the_last_state_is_kept():
    bar = "\r  0%|   | 0/9 [00:00<?, ?it/s]\r 50%|#  | 4/9 [00:01<00:01, 4.00it/s]"
    warning = "/tmp/ipykernel_7/99.py:1: GlowWarning: saturated\n  model.fit()\n"
    rest = "\r100%|###| 9/9 [00:02<00:00, 4.00it/s]\n"
    cell = nbformat.v4.new_code_cell("", execution_count=1)
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="Epoch 1/1\n"),
        nbformat.v4.new_output("stream", name="stderr", text=bar + warning),
        nbformat.v4.new_output("stream", name="stderr", text=rest),
        nbformat.v4.new_output("stream", name="stdout", text="loss: 1\n"),
    ]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    run_notebooks.tidy(notebook)
    assert [(output.name, output.text) for output in notebook.cells[0].outputs] == [
        ("stderr", "GlowWarning: saturated\n"),
        ("stdout", "Epoch 1/1\n100%|###| 9/9\nloss: 1\n"),
    ]
