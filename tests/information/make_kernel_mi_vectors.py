"""Makes kernel_mi.json: infomeasure's kernel estimators (a Python of its own with infomeasure
0.6.3), and
scipy.stats.gaussian_kde with Scott's factor of the joint dimension for all three densities.

    python -m venv somewhere; somewhere/bin/pip install infomeasure==0.6.3
    somewhere/bin/python tests/information/make_kernel_mi_vectors.py
"""

import importlib.metadata
import json
import pathlib

import infomeasure as im
import numpy as np
from scipy.stats import gaussian_kde


def by_scipy(x, y, factor):
    joint, px, py = [gaussian_kde(t.T, bw_method=factor)(t.T) for t in (np.hstack([x, y]), x, y)]
    return float(np.log(joint / (px * py)).mean())


def box_of_deviation(x, y):
    """The definition by whole arrays, with sides of √12 times Scott's standard deviations."""
    factor = np.sqrt(12) * len(x) ** (-1 / (x.shape[1] + y.shape[1] + 4))
    inside = [
        (np.abs(t[:, None] - t[None]) <= factor * t.std(0, ddof=1) / 2).all(2) for t in (x, y)
    ]
    counts = [i.sum(1) for i in (*inside, inside[0] & inside[1])]
    return float(np.log(len(x) * counts[2] / (counts[0] * counts[1])).mean())


def main():
    random = np.random.default_rng(20250303)
    cases = []
    sizes = [(12, 1, 1, 0.5), (70, 1, 1, 0.3), (60, 2, 1, 0.7), (90, 3, 4, 1.1)]
    for n, dx, dy, bandwidth in sizes:
        x = np.round(random.normal(size=(n, dx)), 1)  # many distances lie on the edge of a box
        y = np.round(random.normal(size=(n, dy)) + x[:, :1] ** 2, 1)
        case = {"x": x.tolist(), "y": y.tolist(), "bandwidth": bandwidth}
        for kernel in ("gaussian", "box"):
            case[kernel] = float(
                im.mutual_information(x, y, approach="kernel", bandwidth=bandwidth, kernel=kernel)
            )
        case["gaussian_scott"] = by_scipy(x, y, n ** (-1 / (dx + dy + 4)))
        case["box_scott"] = box_of_deviation(x, y)
        cases.append(case)
    made_by = "make_kernel_mi_vectors.py with " + ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("infomeasure", "scipy", "numpy")
    )
    path = pathlib.Path(__file__).with_name("kernel_mi.json")
    path.write_text(json.dumps({"made_by": made_by, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
