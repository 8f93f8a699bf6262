"""Makes gaussian.json: Gaussian information by numpy.linalg.slogdet of numpy.cov, canonical
correlations from the singular values of QR bases (Björck and Golub 1973), normal scores by
scipy.stats.rankdata and norm.ppf, the bias by scipy.special.digamma.

    .venv/bin/python tests/information/make_gaussian_vectors.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.special import digamma
from scipy.stats import norm, rankdata


def half_log_determinant(t):
    return 0.5 * np.linalg.slogdet(np.atleast_2d(np.cov(t.T)))[1]


def bias(n, d):
    return 0.5 * digamma((n - np.arange(1, d + 1)) / 2).sum()


def information(x, y):
    return (
        half_log_determinant(x) + half_log_determinant(y) - half_log_determinant(np.hstack([x, y]))
    )


def canonical_correlations(x, y):
    basis = [np.linalg.qr(t - t.mean(0))[0] for t in (x, y)]
    return np.linalg.svd(basis[0].T @ basis[1], compute_uv=False)


def scores(x):
    return norm.ppf(np.stack([rankdata(c) for c in x.T], 1) / (len(x) + 1))


def entropy(t, corrected):
    n, d = t.shape
    h = half_log_determinant(t) + 0.5 * d * np.log(2 * np.pi * np.e)
    return h - corrected * (bias(n, d) + 0.5 * d * np.log(2 / (n - 1)))


def cases(random):
    out = []
    for n, dx, dy in [(9, 1, 1), (12, 3, 2), (40, 2, 6), (90, 20, 10)]:
        x = np.round(random.normal(size=(n, dx)), 2)
        y = np.round(random.normal(size=(n, dy)) + x[:, :1] ** 3, 2)
        labels = np.arange(n) % 2
        case = {
            "x": x.tolist(),
            "y": y.tolist(),
            "raw": information(x, y),
            "bias": bias(n, dx) + bias(n, dy) - bias(n, dx + dy),
            "correlations": canonical_correlations(x, y).tolist(),
            "copula": information(scores(x), scores(y)),
        }
        for name, corrected in [("raw", 0), ("corrected", 1)]:
            case["entropy_" + name] = entropy(y, corrected)
            if n // 2 > dy:
                within = sum(
                    (labels == c).mean() * entropy(y[labels == c], corrected) for c in (0, 1)
                )
                case["classes_" + name] = entropy(y, corrected) - within
        out.append(case)
    return out


def main():
    random = np.random.default_rng(20250302)
    vectors = {
        "made_by": "make_gaussian_vectors.py with "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}",
        "cases": cases(random),
    }
    path = pathlib.Path(__file__).with_name("gaussian.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
