"""Makes neighbours.json: what independent implementations of the nearest-neighbour estimators give.

Everything here is the definition, by whole matrices of distances in NumPy, on a few hundred rows;
digamma and log-gamma are SciPy's. KSG-1 and Ross are checked against the functions of scikit-learn
that mutual_info_regression and mutual_info_classif are made of: where k-th distances are unique the
conventions are the same. The data have few digits, so that they are the same in JSON, and no ties
unless said. Run it again only to add cases:

    .venv/bin/python tests/information/make_neighbours_vectors.py
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.special import digamma, gammaln
from sklearn.feature_selection._mutual_info import _compute_mi_cc, _compute_mi_cd


def apart(*variables):
    """(n, n) maximum-norm distances."""
    x = np.concatenate(variables, axis=1)
    return np.abs(x[:, None, :] - x[None, :, :]).max(2)


def kth(distances, k):
    return np.sort(distances, axis=1)[:, k]  # the row itself comes first


def others_nearer(distances, radius):
    return (distances < radius[:, None]).sum(1) - (radius > 0)


def neighbours(distances, k):
    near = distances.copy()
    np.fill_diagonal(near, -1)
    return np.argsort(near, axis=1, kind="stable")[:, 1 : k + 1]


def ksg1(variables, k):
    n, m = len(variables[0]), len(variables)
    radius = kth(apart(*variables), k)
    total = sum(digamma(others_nearer(apart(v), radius) + 1).mean() for v in variables)
    return digamma(k) + (m - 1) * digamma(n) - total


def ksg2(variables, k):
    n, m = len(variables[0]), len(variables)
    near = neighbours(apart(*variables), k)
    total = 0
    for v in variables:
        d = apart(v)
        width = np.take_along_axis(d, near, 1).max(1)
        total += digamma((d <= width[:, None]).sum(1) - 1).mean()
    return digamma(k) + (m - 1) * (digamma(n) - 1 / k) - total


def cmi(x, y, z, k):
    radius = kth(apart(x, y, z), k)
    terms = [digamma(others_nearer(d, radius) + 1) for d in (apart(x, z), apart(y, z), apart(z))]
    return digamma(k) - (terms[0] + terms[1] - terms[2]).mean()


def mixed(x, y, k):
    """The loop of the authors' program."""
    n = len(x)
    dx, dy, dxy = apart(x), apart(y), apart(x, y)
    radius = kth(dxy, k)
    total = 0
    for i in range(n):
        if radius[i] == 0:
            kp, nx, ny = (dxy[i] == 0).sum(), (dx[i] == 0).sum(), (dy[i] == 0).sum()
        else:
            kp, nx, ny = k, (dx[i] < radius[i]).sum(), (dy[i] < radius[i]).sum()
        total += digamma(kp) + np.log(n) - digamma(nx) - digamma(ny)
    return total / n


def ross(x, labels, k):
    kept = np.isin(labels, [c for c in np.unique(labels) if (labels == c).sum() > 1])
    x, labels = x[kept], labels[kept]
    n, all_distances, total = len(x), apart(x), 0
    for i in range(n):
        own = labels == labels[i]
        k_i = min(k, own.sum() - 1)
        radius = np.sort(all_distances[i][own])[k_i]
        total += digamma(k_i) - digamma(own.sum()) - digamma((all_distances[i] < radius).sum())
    return digamma(n) + total / n


def kl(x, k):
    n, d = x.shape
    return digamma(n) - digamma(k) + d * np.log(2) + d * np.log(kth(apart(x), k)).mean()


def weights(k, d):
    support = sorted({t * k // d for t in range(1, d + 1)} - {0})
    out = np.zeros(k)
    if d < 4:
        out[-1] = 1
        return out
    j = np.array(support, float)
    system = [np.exp(gammaln(j + 2 * l / d) - gammaln(j)) for l in range(d // 4 + 1)]
    right = np.eye(d // 4 + 1)[0]
    out[np.array(support) - 1] = np.linalg.lstsq(np.array(system), right, rcond=None)[0]
    return out


def weighted_kl(x, k):
    return sum(w * kl(x, j) for j, w in enumerate(weights(k, x.shape[1]), 1) if w != 0)


def lnc_total(x, k, alpha):
    n, d = x.shape
    near = neighbours(apart(x), k)
    correction = 0
    for i in range(n):
        offsets = x[near[i]] - x[i]
        axes = np.linalg.svd(offsets)[2].T
        ratio = np.prod(np.abs(offsets @ axes).max(0)) / np.prod(np.abs(offsets).max(0))
        if ratio < alpha:
            correction -= np.log(ratio) / n
    return ksg2(list(x.T[:, :, None]), k) + correction


def lnc(x, y, k, alpha):
    def of(v):
        return lnc_total(v, k, alpha) if v.shape[1] > 1 else 0.0

    return of(np.concatenate([x, y], 1)) - of(x) - of(y)


def standard(x):
    return (x - x.mean(0)) / x.std(0)


def pair_cases(random):
    cases = []
    for n, dx, dy, k in [
        (4, 1, 1, 3),
        (40, 1, 1, 1),
        (150, 1, 1, 3),
        (120, 2, 1, 4),
        (100, 3, 2, 5),
        (90, 1, 6, 3),
        (70, 12, 9, 2),
    ]:
        x = np.round(random.normal(size=(n, dx)), 9)
        y = np.round(np.sin(2 * x[:, :1]) + 3 * random.normal(size=(n, dy)), 9)
        z = np.round(x[:, :1] + random.normal(size=(n, 1)), 9)
        case = {"x": x.tolist(), "y": y.tolist(), "z": z.tolist(), "k": k}
        for name, a, b, c in [("raw", x, y, z), ("standard", *map(standard, (x, y, z)))]:
            case[name] = {
                "ksg1": ksg1([a, b], k),
                "ksg2": ksg2([a, b], k),
                "mixed": mixed(a, b, k),
                "cmi": cmi(a, b, c, k),
                "multi1": ksg1([a, b, c], k),
                "multi2": ksg2([a, b, c], k),
                "kl": kl(a, k) + kl(b, k) - kl(np.concatenate([a, b], 1), k),
                "h": kl(y, k) if name == "raw" else kl(b, k) + np.log(y.std(0)).sum(),
            }
            if k >= dx + dy:
                case[name]["lnc"] = lnc(a, b, k, 0.3)
            if k >= (dx + dy) // 4 + 1:
                both = np.concatenate([a, b], 1)
                case[name]["weighted"] = (
                    weighted_kl(a, k) + weighted_kl(b, k) - weighted_kl(both, k)
                )
            if dx == dy == 1:
                theirs = _compute_mi_cc(a[:, 0], b[:, 0], k)  # clipped at 0
                assert np.isclose(theirs, max(0, case[name]["ksg1"]), atol=1e-12)
        cases.append(case)
    return cases


def mixed_cases(random):
    """Ties on purpose: units after a relu, classes."""
    cases = []
    for n, dx, k in [(100, 1, 5), (80, 2, 3)]:
        x = np.round(np.maximum(random.normal(size=(n, dx)), 0), 3)
        for y in (
            np.round(np.maximum(x[:, :1] + random.normal(size=(n, 1)), 0), 3),
            random.integers(0, 3, (n, 1)).astype(float),
        ):
            cases.append({"x": x.tolist(), "y": y.tolist(), "k": k, "mixed": mixed(x, y, k)})
    return cases


def ross_cases(random):
    cases = []
    for n, d, k, chances in [
        (60, 1, 3, [0.5, 0.5]),
        (90, 1, 5, [0.6, 0.2, 0.19, 0.01]),
        (80, 3, 3, [0.7, 0.2, 0.05, 0.05]),
        (50, 6, 2, [0.4, 0.3, 0.3]),
    ]:
        labels = random.choice(len(chances), n, p=chances)
        labels[:1] = 9  # alone
        labels[1:3] = -4  # two
        x = np.round(random.normal(size=(n, d)) + labels[:, None] / 5, 9)
        value = ross(x, labels, k)
        if d == 1:
            theirs = _compute_mi_cd(x[:, 0], labels, k)
            assert np.isclose(theirs, max(0, value), atol=1e-12)
        cases.append(
            {
                "x": x.tolist(),
                "labels": labels.tolist(),
                "k": k,
                "ross": value,
                "standard": ross(standard(x), labels, k),
            }
        )
    return cases


def main():
    random = np.random.default_rng(20240501)
    points = np.concatenate(
        [np.geomspace(1e-8, 1e12, 60), [1.4616321449683622, 1, 2, 0.5, 9.5, 10]]
    )
    vectors = {
        "made_by": f"make_neighbours_vectors.py with NumPy {np.__version__}, "
        f"SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}",
        "digamma": [[float(x), float(digamma(x))] for x in points],
        "pairs": pair_cases(random),
        "mixed": mixed_cases(random),
        "ross": ross_cases(random),
        "weights": [
            {"k": k, "columns": d, "weights": weights(k, d).tolist()}
            for k, d in [(3, 1), (5, 3), (3, 4), (10, 4), (10, 9), (20, 16), (3, 8)]
        ],
    }
    path = pathlib.Path(__file__).with_name("neighbours.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
