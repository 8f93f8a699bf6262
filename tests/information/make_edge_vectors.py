"""Makes edge.json: EDGE after the definition of Noshad, Zeng and Hero (arXiv 1801.09125) with cells
in dictionaries, weights by the pseudo-inverse, and the mean under permutation taken off as edge.h
says; the truths of the paper's figures by quadrature. torch gives the shifts and permutations,
which must be those of the library.

    .venv/bin/python tests/information/make_edge_vectors.py
"""

import collections
import json
import math
import pathlib

import numpy as np
import scipy
import torch
from scipy.integrate import quad
from scipy.stats import norm

MASK = 2**64 - 1
DRAWS = 2


def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def generator(stream, step=0):
    """make_generator(0, stream, step) of core/random.h."""
    h = 0xCBF29CE484222325
    for byte in stream.encode():
        h = (h ^ byte) * 0x100000001B3 & MASK
    seed = mix(mix(mix(mix(0) ^ h) ^ 0) ^ step)
    return torch.Generator().manual_seed(seed)


def graph(x, y, cap):
    """Nats and edges of the dependence graph of two lists of cells."""
    n, cx, cy = len(x), collections.Counter(x), collections.Counter(y)
    pairs = collections.Counter(zip(x, y, strict=True))
    nats = sum(c / n * min(math.log(c * n / (cx[i] * cy[j])), cap) for (i, j), c in pairs.items())
    return nats, len(pairs)


def sorted_labels(cells):
    counts = sorted(collections.Counter(cells).values())
    return counts, [label for label, count in enumerate(counts) for _ in range(count)]


def chance(x, y, cap, stream):
    still, moved = sorted_labels(x), sorted_labels(y)
    if moved[0] < still[0]:
        still, moved = moved, still
    found = []
    for draw in range(DRAWS):
        order = torch.randperm(len(x), generator=generator("edge null", stream * DRAWS + draw))
        found.append(graph(still[1], [moved[1][i] for i in order.tolist()], cap))
    return np.mean(found, axis=0)


def columns(v):
    v = v[:, v.std(0) > 0]
    v = (v - v.mean(0)) / v.std(0)
    if v.shape[1] <= 4:
        return v
    shape = (v.shape[1], 4)
    w = torch.randn(shape, generator=generator("edge projections", shape[0]), dtype=torch.float64)
    v = v @ w.numpy()
    return (v - v.mean(0)) / v.std(0)


def edge(x, y, hashes=16, epsilon=2.0, cap=math.inf, labels=False):
    x = columns(x)
    y = y if labels else columns(y)
    n, d = len(x), x.shape[1] + (0 if labels else y.shape[1])
    t = np.linspace(epsilon, 4 * epsilon, hashes)
    shifts = torch.rand(hashes, generator=generator("edge shifts"), dtype=torch.float64).tolist()
    found = []
    for member in range(hashes):
        width = t[member] * n ** (-1 / (2 * d))

        def cut(v):
            return [tuple(row) for row in np.floor((v + shifts[member] * width) / width).tolist()]

        a, b = cut(x), (y.tolist() if labels else cut(y))
        nats, edges = graph(a, b, cap)
        by_chance, chance_edges = chance(a, b, cap, member)
        least = max(len(set(a)), len(set(b)))
        found.append(nats - by_chance * (edges - least + 1) / (chance_edges - least + 1))
    orders = min(d, 2, hashes - 1)
    powers = np.vstack([(t / t[-1]) ** i for i in range(orders + 1)])
    weights = np.linalg.pinv(powers) @ np.eye(orders + 1)[0]
    return float(weights @ found)


def cases(random):
    out = []
    for n, dx, dy, options in [
        (60, 1, 1, {}),
        (90, 2, 3, {"hashes": 5, "epsilon": 1.25}),
        (80, 1, 2, {"cap": 1.5}),
        (70, 6, 1, {"hashes": 4}),
        (50, 3, 3, {"hashes": 2}),
        (50, 1, 1, {"hashes": 1, "epsilon": 3.0}),
    ]:
        x = np.round(random.normal(size=(n, dx)), 3)
        y = np.round(np.tanh(x[:, :1]) + 0.5 * random.normal(size=(n, dy)), 3)
        x[1] = x[0]
        y[1] = y[0]
        y[2] = y[3]
        case = {"x": x.tolist(), "y": y.tolist(), **options, "edge": edge(x, y, **options)}
        label = random.integers(0, 3, n)
        x += 0.7 * label[:, None]
        case |= {"x_of_label": x.tolist(), "label": label.tolist()}
        case["edge_label"] = edge(x, label, **options, labels=True)
        out.append(case)
    return out


def figure_2(a):
    """I(X; X + aU), X ~ N(0, I_2), U uniform on the unit square: twice that of one coordinate."""

    def term(s):
        p = (norm.cdf(s) - norm.cdf(s - a)) / a
        return -p * math.log(p) if p > 0 else 0.0

    return 2 * (quad(term, -12, 12 + a, limit=500)[0] - math.log(a))


def figure_3():
    """I(T; label), label uniform on 1 … 4, T ~ N(label/2, 1)."""

    def term(t):
        p = np.mean([norm.pdf(t, j / 2) for j in range(1, 5)])
        return -p * math.log(p)

    return quad(term, -12, 15, limit=500)[0] - 0.5 * math.log(2 * math.pi * math.e)


def main():
    random = np.random.default_rng(20250401)
    vectors = {
        "made_by": f"make_edge_vectors.py with NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"torch {torch.__version__}",
        "cases": cases(random),
        "figure_2": {str(a): figure_2(a) for a in (0.1, 0.5)},
        "figure_3": figure_3(),
    }
    path = pathlib.Path(__file__).with_name("edge.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
