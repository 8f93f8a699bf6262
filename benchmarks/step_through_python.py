"""What a training step costs through Python, beside the same training by the command.

Both train the same network on the same batches from the same seed, in turn: their losses must be
equal.
"""

import csv
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

import glow

COMMAND = Path(__file__).resolve().parent.parent / "build" / "bin" / "glow"
TANH = {
    "name": "tanh network, batch 512, Adam",
    "data": {"name": "szt", "batch_size": 512, "validation_split": 0.2},
    "shape": (12,),
    "layers": [("Dense", {"units": u, "activation": "tanh"}) for u in (10, 7, 5, 4, 3)]
    + [("Dense", {"units": 2, "activation": "softmax"})],
    "optimizer": ("Adam", {"learning_rate": 4e-4}),
    "epochs": 600,
    "evaluators": [],
}
TRACKED = {
    "name": "tanh network, every batch tracked by HSIC",
    **{k: v for k, v in TANH.items() if k not in ("name", "epochs", "evaluators")},
    "epochs": 20,
    "evaluators": ["hsic(kernel=gaussian, sigma=5)"],
}
IMAGES = {
    "name": "documentation's network, batch 64",
    "data": {"name": "mnist", "batch_size": 64, "validation_split": 0.2, "limit": 9600},
    "shape": (1, 28, 28),
    "layers": [
        ("Conv2d", {"filters": 16, "kernel_size": 3, "padding": 1, "activation": "relu"}),
        ("Flatten", {}),
        ("Dropout", {"rate": 0.4}),
        ("Dense", {"units": 500, "activation": "relu"}),
        ("Dropout", {"rate": 0.4}),
        ("Dense", {"units": 10, "activation": "softmax"}),
    ],
    "optimizer": ("SGD", {"learning_rate": 0.001, "momentum": 0.95}),
    "epochs": 3,
    "evaluators": [],
}
ROUNDS = 7


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)


def by_command(job, folder):
    """Seconds of each epoch but the first, and the last loss."""
    lines = [
        'name = "step"',
        f"data = {toml(job['data'])}",
        "[model]",
        f"input_shape = {list(job['shape'])}",
        "layers = [" + ", ".join(toml({"type": t, **o}) for t, o in job["layers"]) + "]",
        "[training]",
        f"optimizer = {toml({'type': job['optimizer'][0], **job['optimizer'][1]})}",
        'metrics = ["accuracy"]',
        f"epochs = {job['epochs']}",
        "[dynamics]",
        f"evaluators = {json.dumps(job['evaluators'])}",
        "save = false",
    ]
    file = Path(folder, "step.toml")
    file.write_text("\n".join(lines), encoding="utf-8")
    run = Path(folder, "run")
    command = [COMMAND, "train", file, "--out", run, "--force", "-q"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(run / "history.csv", encoding="utf-8") as history:
        rows = list(csv.DictReader(history))
    return [float(r["seconds"]) for r in rows[1:]], float(rows[-1]["loss"])


def by_python(job):
    data = dict(job["data"])
    train, validation, _ = glow.datasets.load_data(data.pop("name"), **data)
    model = glow.IBSequential(job["shape"])
    for kind, options in job["layers"]:
        model.add(getattr(glow.layers, kind)(**options))
    name, options = job["optimizer"]
    model.compile(getattr(glow.optimizers, name)(**options), "cross_entropy", ["accuracy"])
    for evaluator in job["evaluators"]:
        model.attach_evaluator(evaluator)
    history = model.fit_generator(train, validation, job["epochs"], verbose=0)
    return history.seconds[1:], history.history["loss"][-1]


def main():
    print("a training step through Python, times the same by the command: median of", ROUNDS)
    threads = torch.get_num_threads()
    for job in (TANH, TRACKED, IMAGES):
        # The command trains networks that are too small for two threads on one.
        torch.set_num_threads(1 if job["shape"] == (12,) else threads)
        ratios = []
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(ROUNDS):
                theirs, loss = by_command(job, folder)
                ours, same = by_python(job)
                if loss != same:
                    print(f"  losses differ: {loss} by the command, {same} by Python")
                ratios.append(statistics.median(ours) / statistics.median(theirs))
        print(f"  {job['name']:44} {statistics.median(ratios):.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
