"""Prints estimators against the tasks of known truth, as docs/accuracy.md shows them.

Each estimate is that of `glow estimate --task`, the mean of three draws of 10 000.
"""

import argparse
import json
import statistics
import subprocess
from collections import defaultdict
from pathlib import Path

GLOW = Path(__file__).resolve().parent.parent / "build" / "bin" / "glow"

TABLES = {
    "Nearest neighbours": {
        "ksg": "KSG, k = 3",
        "ksg(k=10)": "KSG, k = 10",
        "lnc": "LNC",
        "kl": "KL",
        "weighted_kl": "weighted KL",
        "mixed_ksg": "Mixed-KSG",
        "auto": "auto",
    },
    "Densities, covariances, cells": {
        "kernel_mi": "kernel, Gaussian",
        "kernel_mi(kernel=box)": "kernel, box",
        "gaussian": "Gaussian",
        "cca": "CCA",
        "cca(bias_correction=false)": "CCA, raw",
        "gaussian_copula": "copula",
        "gaussian_copula(bias_correction=false)": "copula, raw",
        "binned(bins=20, equal_mass=true, correction=miller_madow)": "binned, 20",
        "edge": "EDGE",
    },
}


def glow(*arguments):
    done = subprocess.run([GLOW, *arguments, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 3):  # 3: an estimator refused, as lnc with too many columns
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def measure(tasks, n, seeds):
    """Values by estimator and task: the mean over seeds, None where there is none."""
    specs = [spec for columns in TABLES.values() for spec in columns]
    call = [part for spec in specs for part in ("--estimator", spec)]
    values = defaultdict(dict)
    for task in tasks:
        runs = [
            glow("estimate", "--task", task, "--n", str(n), "--seed", str(seed), "--quiet", *call)
            for seed in range(seeds)
        ]
        for spec, *results in zip(specs, *runs, strict=True):
            known = [result["value"] for result in results if result["value"] is not None]
            values[spec][task] = statistics.mean(known) if known else None
    return values


def print_table(title, columns, truths, values):
    def row(name, cells):
        print("| " + " | ".join([name, *cells]) + " |")

    print(f"\n## {title}\n")
    row("task", ["truth", *columns.values()])
    row("---", ["---:"] * (len(columns) + 1))
    for task, truth in truths.items():
        found = [values[spec][task] for spec in columns]
        row(task, [f"{truth:.4f}", *("–" if v is None else f"{v:.3f}" for v in found)])
    errors = [
        [abs(v - truths[task]) for task, v in values[spec].items() if v is not None]
        for spec in columns
    ]
    row("**mean absolute error**", ["", *(f"{statistics.mean(e):.3f}" for e in errors)])
    row("**median**", ["", *(f"{statistics.median(e):.3f}" for e in errors)])
    row("**within 0.05**", ["", *(str(sum(one <= 0.05 for one in e)) for e in errors)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    truths = {task["name"]: task["truth"] for task in glow("list", "tasks")}
    values = measure(truths, arguments.n, arguments.seeds)
    for title, columns in TABLES.items():
        print_table(title, columns, truths, values)


if __name__ == "__main__":
    main()
