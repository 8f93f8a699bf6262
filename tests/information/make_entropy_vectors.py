"""Makes entropy.json: corrected entropies by other implementations, to test ours against.

miller_madow, chao_shen and james_stein are those of the package infomeasure (its MI too, where the
alphabet of the pairs does not matter). grassberger is the definition of Grassberger 2003, eq. 30,
with scipy's digamma; infomeasure has the estimator of 1988. nsb is the definition of Nemenman,
Shafee, Bialek 2002 with 30 digits of mpmath; infomeasure's multiplies the terms of the likelihood
by the counts once more and integrates over another variable, which gives another number. Run it
again only to add cases, in an environment that has infomeasure 0.6.3:

    pip install infomeasure==0.6.3 mpmath && python tests/information/make_entropy_vectors.py
"""

import json
import pathlib

import infomeasure as im
import mpmath as mp
import numpy as np
from scipy.special import digamma

mp.mp.dps = 30


def symbols(counts):
    return np.repeat(np.arange(len(counts)), counts)


def grassberger(counts):
    n = np.asarray(counts, float)
    g = digamma(n) + (-1) ** n / 2 * (digamma((n + 1) / 2) - digamma(n / 2))
    return float(np.log(n.sum()) - (n * g).sum() / n.sum())


def james_stein(counts, alphabet):
    """The same as infomeasure's where the alphabet is what was seen."""
    p = np.zeros(alphabet)
    p[: len(counts)] = np.asarray(counts) / sum(counts)
    variance = (p * (1 - p)).sum() / (sum(counts) - 1)
    distance = ((p - 1 / alphabet) ** 2).sum()
    shrinkage = min(1.0, variance / distance) if distance > 0 else 1.0
    q = shrinkage / alphabet + (1 - shrinkage) * p
    q = q[q > 0]
    return float(-(q * np.log(q)).sum())


def nsb(counts, alphabet):
    """Mean and standard deviation of the posterior: integrals over u = ln β."""
    counts = list(counts) + [0] * (alphabet - len(counts))
    n, kinds = sum(counts), sorted(set(counts))
    times = {c: counts.count(c) for c in kinds}

    def log_density(u):
        b = mp.exp(u)
        k = alphabet * b
        value = mp.loggamma(k) - mp.loggamma(n + k)
        value += sum(times[c] * (mp.loggamma(c + b) - mp.loggamma(b)) for c in kinds)
        return value + mp.log(alphabet * mp.psi(1, k + 1) - mp.psi(1, b + 1)) + u

    def moments(u):
        a = {c: c + mp.exp(u) for c in kinds}
        s = n + alphabet * mp.exp(u)
        mean = mp.psi(0, s + 1) - sum(times[c] * a[c] * mp.psi(0, a[c] + 1) for c in kinds) / s
        low, slope = mp.psi(0, s + 2), mp.psi(1, s + 2)
        square = mp.mpf(0)
        for c in kinds:
            own = (mp.psi(0, a[c] + 2) - low) ** 2 + mp.psi(1, a[c] + 2) - slope
            square += times[c] * a[c] * (a[c] + 1) * own
            for e in kinds:
                pairs = times[c] * (times[e] - (c == e))
                product = (mp.psi(0, a[c] + 1) - low) * (mp.psi(0, a[e] + 1) - low) - slope
                square += pairs * a[c] * a[e] * product
        return mean, square / (s * (s + 1))

    # A plain trapezoidal sum far beyond where anything is left, fine enough for 15 digits.
    grid = [mp.mpf(i) / 8 for i in range(-480, 481)]
    logs = [log_density(u) for u in grid]
    top = max(logs)
    kept = [(mp.exp(v - top), moments(u)) for u, v in zip(grid, logs, strict=True) if v > top - 45]
    weight = sum(w for w, _ in kept)
    mean = sum(w * m for w, (m, _) in kept) / weight
    square = sum(w * q for w, (_, q) in kept) / weight
    return float(mean), float(mp.sqrt(square - mean**2))


def main():
    cases = []
    for counts, alphabet in [
        ([3, 1], 2),
        ([1, 1], 2),
        ([4, 2, 3, 5], 4),
        ([4, 2, 3, 5], 10),
        ([7, 1, 3, 3, 12, 5, 1, 1], 8),
        ([7, 1, 3, 3, 12, 5, 1, 1], 64),
        ([1] * 12, 12),
        ([1] * 12, 100),
        ([2] * 3 + [1] * 30, 1000),
        ([500, 300, 150, 40, 10], 5),
        ([500, 300, 150, 40, 10], 50),
        ([40, 41, 39, 40], 4),
        ([20], 7),
    ]:
        mean, deviation = nsb(counts, alphabet)
        case = {"counts": counts, "alphabet": alphabet, "grassberger": grassberger(counts)}
        case |= {"james_stein": james_stein(counts, alphabet), "nsb": mean}
        case["nsb_deviation"] = deviation
        data = symbols(counts)
        if len(counts) > 1:
            case["miller_madow"] = float(im.entropy(data, approach="miller_madow"))
            case["chao_shen"] = float(im.entropy(data, approach="chao_shen"))
            shrunk = float(im.entropy(data, approach="shrink"))
            assert abs(shrunk - james_stein(counts, len(counts))) < 1e-14
            case["james_stein_of_seen"] = shrunk
        cases.append(case)
    random = np.random.default_rng(7)
    pairs = []
    for n, kinds in [(30, 3), (200, 6), (60, 12)]:
        x = random.integers(0, kinds, n)
        y = (x + random.integers(0, 3, n)) % kinds
        pair = {"x": x.tolist(), "y": y.tolist()}
        for name, approach in [("none", "discrete"), ("miller_madow", "miller_madow")]:
            pair[name] = float(im.mutual_information(x, y, approach=approach))
        pair["chao_shen"] = float(im.mutual_information(x, y, approach="chao_shen"))
        signs = (1, 1, -1)
        each = [np.unique(v, axis=0, return_counts=True)[1] for v in (x, y, np.stack([x, y], 1))]
        pair["grassberger"] = sum(s * grassberger(c) for s, c in zip(signs, each, strict=True))
        sizes = [len(each[0]), len(each[1]), len(each[0]) * len(each[1])]
        lists = [c.tolist() for c in each]
        pair["james_stein"] = sum(
            s * james_stein(c, a) for s, c, a in zip(signs, lists, sizes, strict=True)
        )
        pair["nsb"] = sum(s * nsb(c, a)[0] for s, c, a in zip(signs, lists, sizes, strict=True))
        pairs.append(pair)
    vectors = {
        "made_by": "make_entropy_vectors.py with "
        f"infomeasure {im.__version__}, mpmath {mp.__version__}",
        "entropies": cases,
        "informations": pairs,
    }
    path = pathlib.Path(__file__).with_name("entropy.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
