"""Makes kde.json: the bounds of Kolchinsky and Tracey from whole matrices of differences in NumPy,
and the true information of ±1 with Gaussian noise by SciPy's quadrature.

    .venv/bin/python tests/information/make_kde_vectors.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.integrate import quad


def bound(t, variance, factor):
    squared = ((t[:, None, :] - t[None, :, :]) ** 2).sum(2)
    return float(-np.log(np.exp(-squared / (factor * variance)).mean(1)).mean())


def cases(random):
    out = []
    for n, d, classes, variance in [
        (2, 1, 2, 0.5),
        (17, 3, 2, 0.1),
        (70, 9, 5, 1),
        (67, 100, 3, 4),
    ]:
        t = np.round(random.normal(size=(n, d)), 2)
        t[n // 2] = t[0]  # a pair of equal rows
        y = random.integers(0, classes, n)
        case = {"t": t.tolist(), "y": y.tolist(), "variance": variance}
        for name, factor in [("upper", 2), ("lower", 8)]:
            whole = bound(t, variance, factor)
            within = sum((y == c).mean() * bound(t[y == c], variance, factor) for c in np.unique(y))
            case[name], case["label_" + name] = whole, whole - within
        out.append(case)
    return out


def bpsk(sigma):
    def density(t, mean):
        return np.exp(-((t - mean) ** 2) / (2 * sigma**2)) / np.sqrt(2 * np.pi * sigma**2)

    def term(t):
        return density(t, 1) * np.log(density(t, 1) / (0.5 * density(t, 1) + 0.5 * density(t, -1)))

    return quad(term, 1 - 12 * sigma, 1 + 12 * sigma, limit=500)[0]


def main():
    random = np.random.default_rng(20250301)
    vectors = {
        "made_by": f"make_kde_vectors.py with NumPy {np.__version__}, SciPy {scipy.__version__}",
        "cases": cases(random),
        "bpsk": [{"sigma": s, "true": bpsk(s)} for s in (0.5, 1.0, 2.0)],
    }
    path = pathlib.Path(__file__).with_name("kde.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
