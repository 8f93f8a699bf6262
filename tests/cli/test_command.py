"""The command as its users call it: exit codes, messages, JSON, signals, files."""

import csv
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
from scipy.spatial.distance import cdist

ROOT = Path(__file__).resolve().parents[2]
GLOW = ROOT / "build" / "bin" / "glow"

QUICK = ["--set", "training.epochs=2", "--set", "training.networks=1"]


def glow(*arguments, cwd, code=0):
    done = subprocess.run(
        [str(GLOW), *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == code, done.stderr
    if code:
        assert len(done.stderr.strip().splitlines()) <= 3, done.stderr
        assert "terminate" not in done.stderr
    return done


@pytest.fixture(scope="module")
def szt(tmp_path_factory):
    """A short run of the Shwartz-Ziv and Tishby experiment."""
    folder = tmp_path_factory.mktemp("szt")
    glow("train", ROOT / "experiments/szt-tanh.toml", *QUICK, "--out", "run", cwd=folder)
    return folder / "run"


def test_version_and_help(tmp_path):
    assert glow("--version", cwd=tmp_path).stdout.startswith("glow 0.1.0")
    for verb in ("demo", "train", "measure", "estimate", "report", "list", "doctor"):
        text = glow(verb, "--help", cwd=tmp_path).stdout
        assert "Example" in text and "--json" in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["trian"], "did you mean 'train'?"),
        (["train", "none.toml"], "none.toml"),
        (["train", str(ROOT / "experiments")], "folder"),
        (["demo", "--netwroks", "2"], "did you mean '--networks'?"),
        (["demo", "--networks", "0"], "--networks"),
        (["list", "planets"], "planets"),
        (["report", "nowhere"], "no run folder"),
        (["measure", "nowhere", "--estimator", "hsic"], "no run folder"),
        (["estimate", "none.npz"], "no such file"),
        ([], "demo, train"),
        (["foo"], "'foo' is none of demo"),
        (["--threads", "0", "demo"], "--threads"),
        (["train", "e.toml", "--epochs", "3"], "unknown option '--epochs'; what the experiment"),
        (["estimate", "--task", "1v1-normal-0.75", "--given", "z"], "no third variable"),
    ],
)
def test_usage_errors_are_2(tmp_path, arguments, expected):
    assert expected in glow(*arguments, cwd=tmp_path, code=2).stderr


def test_experiment_errors_are_2_with_their_place(tmp_path):
    text = (ROOT / "experiments/szt-tanh.toml").read_text()
    (tmp_path / "e.toml").write_text(text.replace("batch_size", "batch_sise"))
    error = glow("train", "e.toml", cwd=tmp_path, code=2).stderr
    assert "e.toml:6:1" in error and "did you mean 'batch_size'?" in error
    assert not (tmp_path / "runs").exists()
    (tmp_path / "empty.toml").write_text("")
    assert "empty.toml has no [data]" in glow("train", "empty.toml", cwd=tmp_path, code=2).stderr
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"\n')
    glow("train", "latin.toml", cwd=tmp_path, code=2)


def test_list_and_doctor_speak_json(tmp_path):
    for kind in ("estimators", "layers", "losses", "optimizers", "metrics", "datasets"):
        names = [e["name"] for e in json.loads(glow("list", kind, "--json", cwd=tmp_path).stdout)]
        assert len(names) == len(set(names)) >= 2
    assert json.loads(glow("doctor", "--json", cwd=tmp_path).stdout)["glow"] == "0.1.0"


def test_run_folder(szt):
    assert json.loads((szt / "run.json").read_text())["status"] == "finished"
    rows = list(csv.DictReader((szt / "plane.csv").open()))
    assert ",".join(rows[0]) == (
        "network,epoch,step,on,mode,evaluator,layer,name,complexity,generalization,"
        "complexity_error,generalization_error,complexity_null,generalization_null,unit,n"
    )
    assert {r["evaluator"] for r in rows} == {"binned(edges=30)"}
    assert {r["unit"] for r in rows} == {"bits"}
    assert float(rows[0]["complexity"]) > 11.95
    assert "http" not in [
        a for a in (szt / "report.html").read_text()[:2000].split() if "src=" in a
    ]


def test_segments_are_read_by_safetensors_and_numpy_agrees(szt):
    file = max((szt / "segments").glob("*.safetensors"), key=lambda p: int(p.stem.split("-s")[1]))
    tensors = safetensors.torch.load_file(file)
    t = tensors["dense_5"].double().numpy()
    codes = np.digitize(t, np.linspace(-1, 1, 30))
    _, counts = np.unique(codes, axis=0, return_counts=True)
    p = counts / counts.sum()
    expected = -(p * np.log2(p)).sum()
    step = file.stem.split("-s")[1]
    rows = csv.DictReader((szt / "plane.csv").open())
    row = next(r for r in rows if r["step"] == step and r["name"] == "dense_5")
    assert float(row["complexity"]) == pytest.approx(expected, abs=1e-9)


def test_finished_runs_are_kept(szt):
    error = glow(
        "train", ROOT / "experiments/szt-tanh.toml", *QUICK, "--out", szt, cwd=szt.parent, code=2
    ).stderr
    assert "--force" in error


def test_measure_replaces_its_own_rows(szt):
    count = lambda: sum(1 for _ in (szt / "plane.csv").open())  # noqa: E731
    before = count()
    for _ in range(2):
        glow("measure", szt, "--estimator", "hsic(sigma=2)", "--threads", 1, cwd=szt.parent)
        assert count() == 2 * before - 1
    rows = list(csv.DictReader((szt / "plane.csv").open()))
    assert {r["evaluator"] for r in rows} == {"binned(edges=30)", "hsic(sigma=2)"}


def hsic_oracle(x, y, sigma_x, sigma_y):
    m = len(x)
    h = np.eye(m) - 1 / m
    k, g = (
        np.exp(-cdist(a, a, "sqeuclidean") / (2 * s * s)) for a, s in ((x, sigma_x), (y, sigma_y))
    )
    return np.trace(k @ h @ g @ h) / (m - 1) ** 2


@pytest.mark.parametrize("form", ["npz", "npy", "csv"])
def test_estimate_against_numpy(tmp_path, form):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2))
    y = x[:, :1] + rng.normal(size=(50, 1))
    np.savez(tmp_path / "d.npz", x=x, y=y)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    np.savetxt(tmp_path / "d.csv", np.hstack([x, y]), delimiter=",", header="a,b,c", comments="")
    files = {"npz": ["d.npz"], "npy": ["x.npy", "y.npy"]}
    call = files.get(form, ["d.csv", "--x", "a,b", "--y", "c"])
    spec = "hsic(sigma_x=2, sigma_y=1)"
    out = glow("estimate", *call, "--estimator", spec, "--json", cwd=tmp_path).stdout
    (result,) = json.loads(out)
    assert list(result) == [
        *("estimator", "value", "unit", "bound", "n", "standard_error", "ceiling", "null_mean"),
        *("p_value", "seconds", "warnings"),
    ]
    assert result["estimator"] == spec and result["unit"] == "none" and result["n"] == 50
    assert result["value"] == pytest.approx(hsic_oracle(x, y, 2, 1), rel=1e-9)


def test_estimate_units(tmp_path):
    x = np.repeat(np.arange(4), 100)[:, None]
    np.savez(tmp_path / "d.npz", x=x, y=x)
    call = ["estimate", "d.npz", "--estimator", "binned(bins=4, range=layer)", "--json"]
    nats = json.loads(glow(*call, cwd=tmp_path).stdout)[0]
    bits = json.loads(glow(*call, "--unit", "bits", cwd=tmp_path).stdout)[0]
    assert nats["value"] == pytest.approx(np.log(4), abs=1e-12)
    assert bits["value"] == pytest.approx(2, abs=1e-12)


def test_estimate_takes_what_the_data_ask_for(tmp_path):
    random = np.random.default_rng(1)
    petal = random.normal(size=300)
    species = np.where(petal + 0.3 * random.normal(size=300) > 0, "rose", "tulip")
    rows = "".join(f"{a},{b}\n" for a, b in zip(petal, species, strict=True))
    (tmp_path / "iris.csv").write_text("petal, species\n" + rows)
    call = ["estimate", "iris.csv", "--x", "petal", "--y", "species"]
    error = glow(*call, cwd=tmp_path, code=3).stderr
    assert "iris.csv:2:" in error and "--discrete y" in error
    (found,) = json.loads(glow(*call, "--discrete", "y", "--json", cwd=tmp_path).stdout)
    assert "auto took ross(k=3): y is discrete" in found["warnings"][0]
    assert 0.3 < found["value"] < np.log(2)
    whole = np.arange(300)
    np.savez(tmp_path / "w.npz", x=whole, y=whole // 100)
    call = ["estimate", "w.npz", "--json"]
    (found,) = json.loads(glow(*call, "--continuous", "x", cwd=tmp_path).stdout)
    assert "auto took ross(k=3)" in found["warnings"][0]
    error = glow(*call, "--continuous", "x", "--estimator", "ksg", cwd=tmp_path, code=2).stderr
    assert "--continuous is for auto" in error


def test_an_estimator_that_refuses_leaves_the_others_their_answers(tmp_path):
    call = ["estimate", "--task", "multinormal-dense-3-3-0.5", "--n", "500"]
    both = [*call, "--estimator", "lnc", "--estimator", "gaussian"]
    lnc, gaussian = json.loads(glow(*both, "--json", cwd=tmp_path, code=3).stdout)
    assert lnc["value"] is None and "as many neighbours as columns" in lnc["warnings"][0]
    assert gaussian["value"] == pytest.approx(gaussian["truth"], abs=0.2)
    assert "–" in glow(*both, cwd=tmp_path, code=3).stdout
    assert "lnc" in glow(*call, "--estimator", "lnc", cwd=tmp_path, code=3).stderr


def test_estimate_given_a_third_variable(tmp_path):
    z = np.random.default_rng(2).normal(size=(3, 1000))
    np.savez(tmp_path / "d.npz", x=z[0] + 0.5 * z[1], y=z[0] + 0.5 * z[2], cause=z[0])
    (with_it,) = json.loads(
        glow("estimate", "d.npz", "--given", "cause", "--json", cwd=tmp_path).stdout
    )
    (without,) = json.loads(glow("estimate", "d.npz", "--json", cwd=tmp_path).stdout)
    assert with_it["estimator"] == "cmi(k=3)"
    assert abs(with_it["value"]) < 0.1 and without["value"] > 0.3
    call = ["estimate", "d.npz", "--given", "cause"]
    assert "cmi" in glow(*call, "--estimator", "ksg", cwd=tmp_path, code=2).stderr
    assert "cause" in glow("estimate", "d.npz", "--given", "cuase", cwd=tmp_path, code=2).stderr


def test_estimate_of_a_task_of_known_truth(tmp_path):
    call = ["estimate", "--task", "1v1-normal-0.75", "--n", "2000", "--estimator", "ksg"]
    table = glow(*call, "--estimator", "gaussian", "--seed", "1", cwd=tmp_path)
    assert "truth: 0.413339 nats" in table.stdout
    runs = [json.loads(glow(*call, "--json", cwd=tmp_path).stdout)[0] for _ in range(2)]
    assert runs[0]["value"] == runs[1]["value"] == pytest.approx(0.4133, abs=0.08)
    assert 0.005 < runs[0]["standard_error"] < 0.05 and runs[0]["estimator"] == "ksg(k=3)"
    plain = json.loads(glow(*call[:-1], "ksg(errors=false)", "--json", cwd=tmp_path).stdout)[0]
    assert plain["standard_error"] is None and plain["value"] == runs[0]["value"]
    assert len(glow("list", "tasks", cwd=tmp_path).stdout.splitlines()) >= 40
    error = glow("estimate", "--task", "1v1-normal", cwd=tmp_path, code=2).stderr
    assert "did you mean" in error


def test_settings_of_an_estimator_share_a_figure(szt):
    settings = ["--estimator", "binned(bins=10)", "--estimator", "binned(bins=100)"]
    glow("measure", szt, *settings, cwd=szt)
    (figure,) = (szt / "figures").glob("settings-binned-*-all.svg")
    assert "by 3 settings of the estimator" in figure.read_text()


def test_an_unbiased_estimator_has_no_null_to_show(szt):
    glow("measure", szt, "--estimator", "cka", cwd=szt)
    (figure,) = (szt / "figures").glob("plane-cka-*-all.svg")
    assert "mean under permutation" not in figure.read_text()


def test_bad_data_is_3_and_nothing_is_written(tmp_path):
    x = np.zeros((10, 2))
    x[7, 1] = np.nan
    np.savez(tmp_path / "nan.npz", x=x, y=np.zeros((10, 1)))
    error = glow("estimate", "nan.npz", cwd=tmp_path, code=3).stderr
    assert "x contains 1 non-finite value, first at row 7, column 1" in error
    np.savez(tmp_path / "rows.npz", x=np.zeros((10, 2)), y=np.zeros((9, 1)))
    error = glow("estimate", "rows.npz", cwd=tmp_path, code=3).stderr
    assert "10" in error and "9" in error
    whole = (tmp_path / "nan.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    assert "cut.npz" in glow("estimate", "cut.npz", cwd=tmp_path, code=3).stderr
    (tmp_path / "r.csv").write_text("x,y\n1,2\n1\n")
    assert "r.csv:3:" in glow("estimate", "r.csv", cwd=tmp_path, code=3).stderr
    (tmp_path / "e.toml").write_text(
        '[data]\nname = "npz"\npath = "nan.npz"\n[model]\ninput_shape = [2]\n'
        'layers = [{ type = "Dense", units = 1 }]\n[training]\nloss = "mse"\nmetrics = []\n'
    )
    assert "nan.npz" in glow("train", "e.toml", cwd=tmp_path, code=3).stderr


def test_interrupt_keeps_what_is_there(tmp_path):
    run = subprocess.Popen(
        [str(GLOW), "demo", "--networks", "2", "--out", "run"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    plane = tmp_path / "run" / "plane.csv"
    for _ in range(200):
        if plane.exists() and plane.stat().st_size > 2000:
            break
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130
    assert json.loads((tmp_path / "run/run.json").read_text())["status"] == "interrupted"
    assert (tmp_path / "run/report.html").exists()
    assert plane.read_text().endswith("\n")


def test_a_killed_run_can_be_reported(tmp_path):
    run = subprocess.Popen(
        [str(GLOW), "demo", "--networks", "2", "--out", "run", "-q"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    plane = tmp_path / "run" / "plane.csv"
    for _ in range(200):
        if plane.exists() and plane.stat().st_size > 5000:
            break
        time.sleep(0.1)
    run.kill()
    run.wait()
    glow("report", "run", cwd=tmp_path)
    assert (tmp_path / "run/report.html").exists()
    again = ["demo", "--networks", "1", "--epochs", "1", "--out", "run"]
    assert "killed" in glow(*again, cwd=tmp_path, code=2).stderr
    glow(*again, "--force", cwd=tmp_path)


def test_a_folder_that_cannot_be_written_fails_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    glow("demo", "--out", "file/run", cwd=tmp_path, code=1)


def test_a_closed_pipe_is_quiet(tmp_path):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [str(GLOW), "list", "layers"], cwd=tmp_path, stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert done.returncode == 141 and done.stderr == b""


def test_two_runs_in_one_page(szt):
    glow("report", szt, szt, "--out", "both.html", cwd=szt.parent)
    assert (szt.parent / "both.html").stat().st_size > 100_000
