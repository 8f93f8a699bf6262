"""glow's estimators against what people use today, on one thread, side by side in one run.

    make build && .venv/bin/python benchmarks/estimators_vs_peers.py [BUILD_DIR]

glow's times come from its own benchmark programs (hsic_bench, binned_bench), the peers' from here:

* NumPy rows: distinct rows as np.unique of void views, the form of the ibsgd and IDNNs codes;
* PyGlow's form of HSIC: squared differences broadcast to (m, m, d), then two products with H;
* torch, eager: HSIC rewritten with one matrix product, exp and row sums.

Prints one line a job: milliseconds (the best of several runs, CPU time) and the ratio to glow.
"""

import json
import pathlib
import subprocess
import sys
import time

import numpy as np
import torch

SIGMA = 5.0


def best_ms(job, budget=2.0):
    """The fastest of as many runs as fit into `budget` seconds, at least three."""
    job()
    best, spent, runs = float("inf"), 0.0, 0
    while runs < 3 or spent < budget:
        begin = time.thread_time()
        job()
        seconds = time.thread_time() - begin
        best, spent, runs = min(best, seconds), spent + seconds, runs + 1
    return best * 1e3


def glow_ms(program, job):
    """`best_ms` of one job of a benchmark program."""
    output = subprocess.run(
        [
            program,
            f"--benchmark_filter=^{job}/",
            "--benchmark_format=json",
            "--benchmark_min_time=1",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return min(run["best_ms"] for run in json.loads(output)["benchmarks"])


def numpy_rows_entropy(t):
    cells = np.digitize(t, np.linspace(-1, 1, 31)).astype(np.int32)
    rows = np.ascontiguousarray(cells).view(np.dtype((np.void, cells.itemsize * cells.shape[1])))
    counts = np.unique(rows, return_counts=True)[1]
    p = counts / counts.sum()
    return -(p * np.log(p)).sum()


def numpy_width_entropy(t):
    cells = np.floor(t / 0.07).astype(np.int64)
    rows = np.ascontiguousarray(cells).view(np.dtype((np.void, cells.itemsize * cells.shape[1])))
    counts = np.unique(rows, return_counts=True)[1]
    p = counts / counts.sum()
    return -(p * np.log(p)).sum()


def eager_gram(x):
    norms = (x * x).sum(1)
    return torch.exp((2 * (x @ x.T) - norms[:, None] - norms[None, :]) / (2 * SIGMA**2))


def eager_hsic(x, y):
    k, l, m = eager_gram(x), eager_gram(y), len(x)
    k_rows, l_rows = k.sum(1), l.sum(1)
    total = (k * l).sum() - 2 / m * (k_rows @ l_rows) + k_rows.sum() * l_rows.sum() / m**2
    return float(total) / (m - 1) ** 2


def broadcast_gram(x):
    return torch.exp(-((x[None] - x[:, None]) ** 2).sum(2) / (2 * SIGMA**2))


def pyglow_hsic(x, y):
    m = len(x)
    h = torch.eye(m) - 1 / m
    return float(torch.trace(broadcast_gram(x) @ h @ broadcast_gram(y) @ h)) / (m - 1)


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rows = []
    for n, d in [(4096, 10), (10_000, 20), (10_000, 1024)]:
        t = torch.tanh(torch.randn(n, d)).numpy()
        cells, widths = (
            glow_ms(build / "bin" / "binned_bench", f"{job}/{n}/{d}")
            for job in ("glow_entropy", "glow_width")
        )
        rows.append(
            (
                f"H(T) {n} x {d}, 30 bins",
                "NumPy rows",
                cells,
                best_ms(lambda: numpy_rows_entropy(t)),
            )
        )
        rows.append(
            (
                f"H(T) {n} x {d}, width 0.07",
                "NumPy rows",
                widths,
                best_ms(lambda: numpy_width_entropy(t)),
            )
        )
    for m in (256, 1024):
        x = torch.randn(m, 784).clamp(-1, 1)
        y = torch.softmax(torch.randn(m, 10), 1)
        glow = glow_ms(build / "bin" / "hsic_bench", f"glow_hsic/{m}")
        rows.append((f"HSIC {m} x 784", "torch eager", glow, best_ms(lambda: eager_hsic(x, y))))
        rows.append(
            (f"HSIC {m} x 784", "PyGlow's form", glow, best_ms(lambda: pyglow_hsic(x, y), budget=1))
        )
    print(f"{'job':34}{'peer':16}{'glow ms':>10}{'peer ms':>10}{'ratio':>8}")
    for job, peer, glow, other in rows:
        print(f"{job:34}{peer:16}{glow:10.3f}{other:10.3f}{other / glow:8.1f}")


if __name__ == "__main__":
    main()
