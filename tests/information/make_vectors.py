"""Makes vectors.json: what an independent implementation gives, to test ours against.

The formulas are the definitions, written with whole matrices in NumPy: HSIC by the centring matrix
H (Gretton et al. 2005) and the U-statistic of Song et al. 2012, medians by numpy.median, cells by
numpy.digitize and numpy.histogram's rule, entropies by numpy.unique. Run it again only to add
cases:

    .venv/bin/python tests/information/make_vectors.py
"""

import json
import pathlib

import numpy as np


def squared_distances(x):
    return ((x[:, None, :] - x[None, :, :]) ** 2).sum(2)


def gram(x, kernel, sigma):
    return x @ x.T if kernel == "linear" else np.exp(-squared_distances(x) / (2 * sigma**2))


def hsic_biased(k, l):
    m = len(k)
    h = np.eye(m) - 1 / m
    return np.trace(k @ h @ l @ h) / (m - 1) ** 2


def hsic_unbiased(k, l):
    m = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    return (
        np.trace(k @ l) + k.sum() * l.sum() / ((m - 1) * (m - 2)) - 2 / (m - 2) * (k @ l).sum()
    ) / (m * (m - 3))


def median_distance(x):
    distances = np.sqrt(squared_distances(x))[np.triu_indices(len(x), 1)]
    return float(np.median(distances[distances > 0]))


def hsic_cases(random):
    cases = []
    for m, dx, dy in [(4, 1, 1), (7, 3, 2), (17, 5, 1), (40, 20, 3), (65, 2, 9), (130, 6, 4)]:
        x = np.round(random.normal(size=(m, dx)), 3)
        y = np.round(np.sin(x[:, :1]) + random.normal(size=(m, dy)), 3)
        x[m // 2] = x[0]  # a pair of equal rows
        for kernel, sx, sy in [("gaussian", 1.5, 0.7), ("gaussian", 5, 5), ("linear", 1, 1)]:
            k, l = gram(x, kernel, sx), gram(y, kernel, sy)
            cases.append(
                {
                    "x": x.tolist(),
                    "y": y.tolist(),
                    "kernel": kernel,
                    "sigma_x": sx,
                    "sigma_y": sy,
                    "biased": hsic_biased(k, l),
                    "unbiased": hsic_unbiased(k, l),
                    "median_x": median_distance(x),
                    "median_y": median_distance(y),
                }
            )
    return cases


def first_come(codes):
    """Numbers the cells as they come, as the tests see them."""
    number = {}
    return [number.setdefault(int(c), len(number)) for c in codes]


def cell_cases():
    """Values on edges, one float beside them, and in the middle of cells."""
    cases = []
    for low, high, count in [(-1.0, 1.0, 30), (0.0, 1.0, 10), (-0.3, 2.9, 7), (0.1, 0.7, 100)]:
        for name in ("float64", "float32"):
            dtype = np.dtype(name)
            edges = {
                "bins": np.linspace(low, high, count + 1),
                "edges": np.linspace(low, high, count),
            }
            values = np.concatenate([(e[:-1] + e[1:]) / 2 for e in edges.values()]).astype(dtype)
            for e in edges.values():
                e = e.astype(dtype)
                values = np.concatenate(
                    [values, e, np.nextafter(e, dtype.type(-9)), np.nextafter(e, dtype.type(9))]
                )
            values = np.concatenate([values, np.array([-8, 8], dtype)])
            wide = values.astype(np.float64)  # exact
            bins = np.clip(np.searchsorted(edges["bins"], wide, "right") - 1, 0, count - 1)
            points = np.clip(np.digitize(wide, edges["edges"]) - 1, 0, count - 1)
            cases.append(
                {
                    "low": low,
                    "high": high,
                    "count": count,
                    "dtype": name,
                    "values": wide.tolist(),
                    "bins": first_come(bins),
                    "edges": first_come(points),
                    "width": first_come(np.floor(wide / 0.07)),
                    "outside": int(((wide < low) | (wide > high)).sum()),
                }
            )
    return cases


def entropy(codes):
    _, counts = np.unique(codes, axis=0, return_counts=True)
    p = counts / counts.sum()
    return float(-(p * np.log(p)).sum()), len(counts)


def binned_cases(random):
    cases = []
    for n, d, classes in [(2, 1, 2), (50, 1, 3), (200, 3, 2), (200, 20, 10)]:
        t = np.round(np.tanh(random.normal(size=(n, d)) * 1.5), 2)
        y = random.integers(0, classes, n)
        codes = np.clip(np.searchsorted(np.linspace(-1, 1, 6), t, "right") - 1, 0, 4)
        h_t, k_t = entropy(codes)
        conditional = correction = 0.0
        for label in np.unique(y):
            rows = codes[y == label]
            h, k = entropy(rows)
            conditional += len(rows) / n * h
            correction += len(rows) / n * (k - 1) / (2 * len(rows))
        cases.append(
            {
                "t": t.tolist(),
                "y": y.tolist(),
                "classes": classes,
                "bins": 5,
                "complexity": h_t,
                "generalization": h_t - conditional,
                "complexity_miller_madow": h_t + (k_t - 1) / (2 * n),
                "generalization_miller_madow": h_t - conditional + (k_t - 1) / (2 * n) - correction,
            }
        )
    return cases


def main():
    random = np.random.default_rng(20240501)
    vectors = {
        "made_by": f"make_vectors.py with NumPy {np.__version__}",
        "hsic": hsic_cases(random),
        "cells": cell_cases(),
        "binned": binned_cases(random),
    }
    path = pathlib.Path(__file__).with_name("vectors.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
