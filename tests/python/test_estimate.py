"""An Estimate is a number that says what it is."""

import copy
import math
import operator
import os
import pickle
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import torch

import glow

RNG = np.random.default_rng(0)
X = RNG.normal(size=80)
Y = X + RNG.normal(size=80)
KSG = glow.ksg(X, Y)
VALUE = float(KSG)


def with_graph():
    x = torch.tensor(X, requires_grad=True)
    return x, glow.hsic(x, Y)


def test_it_holds_what_is_known():
    assert (KSG.value, KSG.unit, KSG.n, KSG.bound) == (VALUE, "nats", 80, "estimate")
    assert KSG.estimator == "ksg(k=3)"
    assert KSG.tensor.shape == () and KSG.tensor.dtype == torch.float64
    assert KSG.warnings == [] and KSG.null_mean is None and KSG.standard_error is None
    assert KSG.ceiling == pytest.approx(digamma(80) - digamma(3))
    assert glow.information.gaussian(X, Y).standard_error > 0
    assert glow.hsic(X, Y).unit == "none" and glow.hsic(X, Y).null_mean > 0
    assert glow.information.kde(X, Y).bound == "upper"
    assert glow.information.kde(X, Y, bound="lower").bound == "lower"
    assert "continuous" in glow.mutual_information(X, Y).warnings[0]


def digamma(n):
    return -np.euler_gamma + sum(1 / k for k in range(1, n))


def test_bits_are_nats_over_ln_2():
    for estimate, known in ((glow.ksg, "ceiling"), (glow.information.gaussian, "standard_error")):
        nats, bits = estimate(X, Y), estimate(X, Y, unit="bits")
        assert (nats.unit, bits.unit) == ("nats", "bits")
        assert bits == pytest.approx(nats / math.log(2), rel=1e-12)
        assert getattr(bits, known) == pytest.approx(getattr(nats, known) / math.log(2), rel=1e-12)
    assert glow.mutual_information(X, Y, "hsic", unit="bits") == glow.hsic(X, Y)


def test_it_is_read_in_one_line():
    assert repr(KSG) == f"<Estimate {KSG}>"
    assert str(KSG) == f"{VALUE:.4g} nats (ksg(k=3), n = 80)"
    plugin = glow.information.plugin([0, 0, 1, 1], [0, 0, 1, 1], unit="bits")
    assert str(plugin) == "1 ± 0.26 bits (plugin, n = 4)"
    assert str(glow.hsic([0.0, 1.0], [0.0, 1.0])).endswith(
        "(hsic(kernel=gaussian, sigma=5), n = 2)"
    )
    assert "(upper bound, kde(variance=0.1" in str(glow.information.kde(X, Y))
    assert str(glow.mutual_information(X, Y)).endswith("(auto, n = 80, 1 warning)")
    assert "3 warnings" in str(glow.information.plugin(X, Y))
    assert f"{KSG:.2f}" == f"{VALUE:.2f}" and f"{KSG}" == str(KSG)


COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("kind", [float, np.float64, lambda value: glow.ksg(X, Y)])
def test_it_compares_as_a_float(compare, kind):
    for other in map(kind, (VALUE, 0.0, 1.0)):
        assert compare(KSG, other) == compare(VALUE, float(other))
        assert compare(other, KSG) == compare(float(other), VALUE)


def test_it_compares_with_whatever_numbers_are_compared_by():
    assert pytest.approx(VALUE) == KSG and pytest.approx(VALUE) == KSG
    assert pytest.approx(VALUE + 1) != KSG and pytest.approx(KSG) == VALUE
    assert np.isclose(KSG, VALUE) and math.isclose(KSG, VALUE) and not np.isnan(KSG)
    np.testing.assert_allclose(KSG, VALUE)
    assert sorted([KSG, 9.0, glow.hsic(X, Y), -1]) == [-1, glow.hsic(X, Y), KSG, 9.0]
    assert max(KSG, 0.0) is KSG and min([KSG, 9]) is KSG
    assert (np.array([0.0, 9.0]) > KSG).tolist() == [False, True]
    assert (np.array([0.0, 9.0]) > KSG).tolist() == [False, True]
    assert torch.tensor(9.0) > KSG and torch.tensor(9.0) > KSG
    assert KSG in [VALUE] and VALUE in {KSG} and hash(KSG) == hash(VALUE)
    assert KSG != "0.3" and KSG is not None and (KSG == None) is False  # noqa: E711
    with pytest.raises(TypeError):
        KSG < "0.3"  # noqa: B015


def test_it_computes_as_a_float():
    for operation in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
        for other in (2, 0.5, np.float64(3), KSG):
            assert operation(KSG, other) == operation(VALUE, float(other))
            assert operation(other, KSG) == operation(float(other), VALUE)
            assert type(operation(KSG, other)) in (float, np.float64)
    assert (
        -KSG == -VALUE and +KSG == VALUE and abs(-KSG) == VALUE and round(KSG, 2) == round(VALUE, 2)
    )
    assert int(KSG) == 0 and bool(KSG) and math.floor(KSG) == 0 and math.exp(KSG) > 1
    assert sum([KSG, KSG]) == 2 * VALUE
    assert np.mean([KSG, KSG]) == VALUE and np.array([KSG, 1.0]).dtype == np.float64
    assert (np.array([1.0, 2.0]) * KSG).tolist() == [VALUE, 2 * VALUE]
    assert (KSG * np.array([1.0, 2.0])).tolist() == [VALUE, 2 * VALUE]
    assert pd.Series([KSG, KSG]).astype(float).sum() == 2 * VALUE
    total = 1.0
    total += KSG
    assert total == 1 + VALUE


def test_without_a_graph_its_value_is_a_float():
    assert type(KSG.value) is float and type(KSG.item()) is float
    assert type(glow.hsic(torch.tensor(X), Y).value) is float
    with torch.no_grad():
        assert type(with_graph()[1].value) is float
    with pytest.raises(glow.StateError, match=r"ksg\(k=3\) has no gradient"):
        KSG.backward()


@pytest.mark.parametrize(
    "combine",
    [
        lambda loss, term: loss + 0.1 * term,
        lambda loss, term: 0.1 * term + loss,
        lambda loss, term: loss - term * -0.1,
        lambda loss, term: loss + term / 10,
        lambda loss, term: (10 * loss + term) / 10,
        lambda loss, term: loss + torch.mul(term, 0.1),
        lambda loss, term: torch.stack([loss, 0.1 * term]).sum(),
        lambda loss, term: torch.sum(torch.stack([loss * 10, term])) / 10,
        lambda loss, term: sum([loss, 0.1 * term]),
    ],
)
def test_a_term_of_a_loss_keeps_its_graph(combine):
    x, term = with_graph()
    loss = (x**2).mean()
    expected = torch.autograd.grad((x**2).mean() + 0.1 * glow.hsic(x, Y).tensor, x)[0]
    combined = combine(loss, term)
    assert isinstance(combined, torch.Tensor)
    combined.backward()
    torch.testing.assert_close(x.grad, expected)


def test_a_loss_may_be_added_to_in_place():
    x, term = with_graph()
    loss = torch.zeros((), dtype=torch.float64)
    loss += term
    loss.backward()
    assert x.grad.abs().sum() > 0


def test_backward():
    x, term = with_graph()
    assert term.value.requires_grad and torch.log(term).requires_grad
    term.backward()
    again, other = with_graph()
    other.tensor.backward()
    torch.testing.assert_close(x.grad, again.grad)


def test_a_lost_gradient_is_said():
    x = torch.tensor(X, requires_grad=True)
    with pytest.warns(
        glow.GlowWarning, match=r"ksg\(k=3\) gives no gradient to x: detach"
    ) as caught:
        assert type(glow.ksg(x, Y).value) is float
    assert caught[0].filename == __file__  # where the user's program called
    with pytest.warns(glow.GlowWarning, match="gives no gradient to x and y"):
        glow.information.KSG()(x, x)
    with pytest.warns(glow.GlowWarning, match="gives no gradient to x"):
        glow.entropy(x)


@pytest.mark.filterwarnings("error")
def test_no_gradient_is_asked_of_what_is_detached():
    x = torch.tensor(X, requires_grad=True)
    glow.ksg(x.detach(), Y)
    with torch.no_grad():
        glow.ksg(x, Y)
    glow.hsic(x, Y)


def copies(estimate):
    yield copy.copy(estimate)
    yield copy.deepcopy(estimate)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(estimate, protocol))


def test_copies_are_the_same_without_the_graph():
    for estimate in (KSG, with_graph()[1], glow.mutual_information(X, Y, errors=True)):
        for twin in copies(estimate):
            assert twin == estimate and str(twin) == str(estimate)
            assert type(twin.value) is float
            assert twin.warnings == estimate.warnings
    assert with_graph()[1].tensor.requires_grad


def test_where_there_is_none_it_is_nan_and_says_why():
    class Nothing:
        """What the engine gives for a layer without an estimate."""

        tensor = None
        unit, bound, estimator, n = "nats", "estimate", "ksg(k=3)", 3
        standard_error = ceiling = null_mean = None
        warnings = ["infinite for a deterministic layer"]

    nothing = glow.Estimate(Nothing())
    assert math.isnan(nothing) and math.isnan(nothing.value) and np.isnan(nothing)
    assert nothing != nothing and str(nothing).startswith("nan nats")
    assert nothing in {nothing}  # as NaN is, by identity


# Ctrl-C

PROGRAM = """
import time
import numpy as np
import glow

class Slow(glow.Estimator):
    def criterion(self, x, y):
        time.sleep(30)

x = np.random.default_rng(0).normal(size=(200_000, 8))
for estimate in (
    lambda: glow.ksg(x, x + 1),
    lambda: glow.ksg(x, x + 1, errors=True),
    lambda: glow.hsic(x, x, sigma=1.0),
    lambda: glow.dcor(x, x),
    lambda: glow.entropy(x, "kl"),
    lambda: glow.conditional_mutual_information(x, x, x + 1),
    lambda: Slow().estimate(x[:100], x[:100]),
):
    print("begins", flush=True)
    try:
        estimate()
    except KeyboardInterrupt as error:
        print(type(error).__name__, flush=True)
print(glow.dcor([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]).value)
"""


def test_control_c_ends_a_long_estimate():
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True
    ) as process:
        for _ in range(PROGRAM.count("lambda")):
            assert process.stdout.readline() == "begins\n"
            time.sleep(0.5)
            os.kill(process.pid, signal.SIGINT)
            sent = time.monotonic()
            assert process.stdout.readline() == "KeyboardInterrupt\n"
            assert time.monotonic() - sent < 3  # on a busy machine
        assert process.stdout.read() == "1.0\n"  # and all works on
    assert process.returncode == 0
