"""The tasks of known truth against another implementation: slow."""

import json
import statistics
import subprocess
from pathlib import Path

import pytest

GLOW = Path(__file__).resolve().parents[2] / "build" / "bin" / "glow"

SPECS = ["ksg(k=3)", "ksg(k=10)", "cca(bias_correction=false)"]
SPECS += ["gaussian_copula(bias_correction=false)"]

# KSG of the maximum norm with k = 3 and 10, CCA and Gaussian copula without correction: means of
# three draws of 10 000 by a NumPy implementation that shares no code with ours.
PEER = """
1v1-normal-0.75 0.42 0.41 0.41 0.41
normal_cdf-1v1-normal-0.75 0.43 0.43 0.40 0.42
1v1-additive-0.1 1.69 1.68 1.63 1.28
1v1-additive-0.75 0.33 0.32 0.18 0.18
1v1-bimodal-0.75 0.42 0.42 0.34 0.42
wiggly-1v1-normal-0.75 0.42 0.42 0.38 0.41
half_cube-1v1-normal-0.75 0.41 0.41 0.39 0.41
student-identity-1-1-1 0.20 0.17 0.23 0.00
asinh-student-identity-1-1-1 0.23 0.23 0.00 0.00
swissroll_x-normal_cdf-1v1-normal-0.75 0.42 0.42 0.02 0.04
multinormal-dense-2-2-0.5 0.30 0.30 0.29 0.29
multinormal-dense-3-3-0.5 0.42 0.41 0.42 0.42
multinormal-dense-5-5-0.5 0.56 0.55 0.58 0.58
multinormal-dense-25-25-0.5 1.01 0.95 1.32 1.32
multinormal-dense-50-50-0.5 1.15 1.09 1.74 1.74
multinormal-sparse-2-2-2-2.0 1.04 1.03 1.02 1.02
multinormal-sparse-3-3-2-2.0 1.00 0.95 1.03 1.03
multinormal-sparse-5-5-2-2.0 0.80 0.70 1.04 1.04
multinormal-sparse-25-25-2-2.0 0.15 0.12 1.06 1.06
student-identity-2-2-1 0.29 0.23 0.55 0.00
student-identity-2-2-2 0.12 0.09 0.09 0.00
student-identity-3-3-2 0.15 0.13 0.06 0.00
student-identity-3-3-3 0.08 0.07 0.09 0.00
student-identity-5-5-2 0.21 0.22 0.38 0.00
student-identity-5-5-3 0.15 0.16 0.03 0.00
normal_cdf-multinormal-sparse-3-3-2-2.0 0.94 0.89 0.95 1.01
normal_cdf-multinormal-sparse-5-5-2-2.0 0.74 0.67 0.96 1.02
normal_cdf-multinormal-sparse-25-25-2-2.0 0.14 0.12 0.99 1.05
half_cube-multinormal-sparse-3-3-2-2.0 0.93 0.86 0.96 1.02
half_cube-multinormal-sparse-5-5-2-2.0 0.69 0.60 0.94 1.01
half_cube-multinormal-sparse-25-25-2-2.0 0.14 0.12 1.00 1.06
spiral-multinormal-sparse-3-3-2-2.0 0.79 0.70 0.23 0.23
spiral-multinormal-sparse-5-5-2-2.0 0.59 0.50 0.37 0.38
spiral-multinormal-sparse-25-25-2-2.0 0.14 0.11 0.86 0.86
spiral-normal_cdf-multinormal-sparse-3-3-2-2.0 0.93 0.88 0.83 0.82
spiral-normal_cdf-multinormal-sparse-5-5-2-2.0 0.74 0.66 0.90 0.89
spiral-normal_cdf-multinormal-sparse-25-25-2-2.0 0.14 0.11 0.98 0.97
asinh-student-identity-2-2-1 0.41 0.38 0.00 0.00
asinh-student-identity-3-3-2 0.21 0.17 0.00 0.00
asinh-student-identity-5-5-2 0.25 0.23 0.00 0.00
"""

# Standard deviation of one draw. Both means are of three, the peer's are rounded to 0.01.
DEVIATION = 0.007
TOLERANCE = 0.005 + 4 * DEVIATION * (2 / 3) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize("row", PEER.split("\n")[1:-1], ids=lambda row: row.split()[0])
def test_tasks_against_a_peer(row):
    task, *expected = row.split()
    call = [GLOW, "estimate", "--task", task, "--n", "10000", "--json", "--quiet"]
    call += [part for spec in SPECS for part in ("--estimator", spec)]
    draws = []
    for seed in range(3):
        done = subprocess.run([*call, "--seed", str(seed)], capture_output=True, check=True)
        draws.append([result["value"] for result in json.loads(done.stdout)])
    for spec, peer, *values in zip(SPECS, expected, *draws, strict=True):
        # Without moments of order four a sample covariance is anything.
        if spec.startswith("cca") and task.startswith("student"):
            continue
        assert statistics.mean(values) == pytest.approx(float(peer), abs=TOLERANCE), spec
