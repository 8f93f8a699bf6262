"""Makes kernel.json: nHSIC, CKA, distance correlation and Rényi entropies of the definitions.

nHSIC is the operation sequence of Ma, Lewis, Kleijn 2020 (two inverses), CKA the ratio of HSIC with
the centring matrix or with U-centred matrices (Székely and Rizzo 2014: another formula than ours),
Rényi entropies come from numpy.linalg.eigvalsh, distance correlations from the package dcor. Run it
again only to add cases, in an environment with NumPy and dcor 0.7:

    python tests/information/make_kernel_vectors.py
"""

import json
import pathlib

import dcor
import numpy as np

EPSILON = 1e-5


def squared_distances(x):
    return ((x[:, None, :] - x[None, :, :]) ** 2).sum(2)


def gaussian(x, sigma):
    return np.exp(-squared_distances(x) / (2 * sigma**2))


def nhsic(k, l):
    m = len(k)
    h = np.eye(m) - 1 / m
    k, l = k @ h, l @ h
    r = k @ np.linalg.inv(k + EPSILON * m * np.eye(m))
    s = l @ np.linalg.inv(l + EPSILON * m * np.eye(m))
    return np.trace(r @ s)


def hsic_biased(k, l):
    m = len(k)
    h = np.eye(m) - 1 / m
    return np.trace(k @ h @ l @ h) / (m - 1) ** 2


def u_centred(k):
    n = len(k)
    k = k - np.diag(np.diag(k))
    out = (
        k
        - k.sum(0, keepdims=True) / (n - 2)
        - k.sum(1, keepdims=True) / (n - 2)
        + k.sum() / ((n - 1) * (n - 2))
    )
    return out - np.diag(np.diag(out))


def hsic_unbiased(k, l):
    n = len(k)
    return (u_centred(k) * u_centred(l)).sum() / (n * (n - 3))


def ratio(hsic, k, l):
    return hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l))


def entropy(k, alpha):
    spectrum = np.linalg.eigvalsh(k / np.trace(k))
    spectrum = spectrum[spectrum > 1e-14]
    if alpha == 1:
        return -(spectrum * np.log(spectrum)).sum()
    return np.log((spectrum**alpha).sum()) / (1 - alpha)


def main():
    random = np.random.default_rng(20240502)
    cases = []
    for m, dx, dy in [(4, 1, 1), (7, 3, 2), (17, 5, 1), (40, 20, 3), (65, 2, 9), (130, 6, 4)]:
        x = np.round(random.normal(size=(m, dx)), 3)
        y = np.round(np.sin(x[:, :1]) + random.normal(size=(m, dy)), 3)
        x[m // 2] = x[0]  # a pair of equal rows
        sx, sy = 1.5, 0.7
        k, l = gaussian(x, sx), gaussian(y, sy)
        cases.append(
            {
                "x": x.tolist(),
                "y": y.tolist(),
                "sigma_x": sx,
                "sigma_y": sy,
                "nhsic": nhsic(k, l),
                "cka_linear": ratio(hsic_biased, x @ x.T, y @ y.T),
                "cka_linear_debiased": ratio(hsic_unbiased, x @ x.T, y @ y.T),
                "cka_gaussian": ratio(hsic_biased, k, l),
                "cka_gaussian_debiased": ratio(hsic_unbiased, k, l),
                "dcor": float(dcor.distance_correlation(x, y)),
                "dcor_unbiased": float(dcor.u_distance_correlation_sqr(x, y)),
                "dcor_column": float(dcor.distance_correlation(x[:, 0], y[:, 0])),
                "dcor_column_unbiased": float(dcor.u_distance_correlation_sqr(x[:, 0], y[:, 0])),
                "renyi": [
                    {
                        "alpha": alpha,
                        "x": entropy(k, alpha),
                        "y": entropy(l, alpha),
                        "joint": entropy(k * l, alpha),
                    }
                    for alpha in (0.5, 1, 1.01, 2, 3.5)
                ],
            }
        )
    vectors = {
        "made_by": f"make_kernel_vectors.py with NumPy {np.__version__}, dcor {dcor.__version__}",
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("kernel.json")
    path.write_text(json.dumps(vectors, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
