"""What docstrings say of each estimator beside the engine's own line, and an example of each."""

import textwrap
from typing import NamedTuple

_NORMAL = """\
>>> x, y = glow.sample("1v1-normal-0.75", n=2000, seed=3)  # the truth is 0.413 nats"""
_STRONG = """\
>>> rng = np.random.default_rng(0)
>>> x = rng.normal(size=2000)
>>> y = x + 0.001 * rng.normal(size=2000)  # the truth is 6.91 nats, and ksg gives 6.01"""
_WEATHER = """\
>>> x = ["sun", "sun", "rain", "rain"] * 250
>>> y = ["dry", "dry", "wet", "dry"] * 250  # the truth is 0.216 nats"""
_CLASSES = """\
>>> rng = np.random.default_rng(1)
>>> y = np.arange(2000) % 2
>>> x = 2 * y + 0.5 * rng.normal(size=2000)  # the truth is 0.633 nats"""
_MIXTURE = """\
>>> rng = np.random.default_rng(0)
>>> x = rng.integers(0, 5, size=2000)
>>> y = x + 2 * rng.random(size=2000)  # the truth is ln 5 - 4/5 ln 2 = 1.055 nats"""
_POINTS = """\
>>> x = y = [0.0, 1.0]"""
_PAIRS = """\
>>> x = y = [0, 0, 1, 1]"""
_ALTERNATING = """\
>>> x = y = [0, 1] * 50"""
_LINE = """\
>>> x = [[1.0, 2.0], [3.0, 1.0], [2.0, 5.0], [0.0, 1.0]]
>>> y = [[2.0, 4.0], [6.0, 2.0], [4.0, 10.0], [0.0, 2.0]]  # twice x"""
_SIGNAL = """\
>>> x = y = [-1.0, 1.0] * 50  # with the noise of y, the truth is 0.633 nats"""


class Doc(NamedTuple):
    """`calls`: options as they are typed, and what the number is when rounded to two digits."""

    title: str
    about: str
    data: str
    calls: dict[str, float]


_SYMBOLS = "H(X) + H(Y) − H(X,Y) of symbols: each distinct row is one."

DOCS = {
    "auto": Doc(
        "Mutual information by the estimator that the data ask for.",
        "Both variables discrete: `grassberger`. One of them: `ross`, or `mixed_ksg` where single "
        "values hold a part of the other, as relu's zero. Neither: `ksg`, or so `mixed_ksg`, or "
        "`gaussian_copula` above ten columns. Discrete are words, at most ten distinct rows, and "
        "whole numbers with five rows each on average. The first of the warnings names the choice.",
        _CLASSES,
        {"": 0.63},
    ),
    "plugin": Doc(
        "Mutual information of discrete variables, frequencies taken for probabilities.",
        f"{_SYMBOLS} Biased upward, by about (cells − 1)/2n.",
        _WEATHER,
        {"": 0.22},
    ),
    "miller_madow": Doc(
        "Mutual information of discrete variables, with Miller's correction of the entropies.",
        f"{_SYMBOLS} (cells − 1)/2n is added to each plug-in entropy.",
        _WEATHER,
        {"": 0.22},
    ),
    "grassberger": Doc(
        "Mutual information of discrete variables, with Grassberger's entropies.",
        f"{_SYMBOLS} Digamma functions of the counts stand where logarithms did: little bias where "
        "symbols have few rows.",
        _WEATHER,
        {"": 0.22},
    ),
    "chao_shen": Doc(
        "Mutual information of discrete variables, with symbols that were not seen.",
        f"{_SYMBOLS} Probabilities are scaled by the coverage of the sample, and symbols weighted "
        "by the chance of being seen.",
        _WEATHER,
        {"": 0.22},
    ),
    "james_stein": Doc(
        "Mutual information of discrete variables, frequencies shrunk towards uniform.",
        f"{_SYMBOLS} How far frequencies are shrunk follows from the sample.",
        _WEATHER,
        {"": 0.21},
    ),
    "nsb": Doc(
        "Mutual information of discrete variables, with Bayesian entropies.",
        f"{_SYMBOLS} Entropies are posterior means, under a prior nearly uniform in entropy.",
        _WEATHER,
        {"": 0.21},
    ),
    "binned": Doc(
        "Mutual information of binned variables, as the first information planes have it.",
        "The plug-in information of the cells that values fall into; whole numbers in y are "
        "classes. It is of these cells: others give another number.",
        _NORMAL,
        {"bins=10, range=[-3, 3]": 0.38},
    ),
    "ksg": Doc(
        "Mutual information of continuous variables, from k nearest neighbours.",
        "The density should be even over k neighbours; where it is not, and in many columns, the "
        "number is too small. O(n log n) in few columns, O(n²) in many.",
        _NORMAL,
        {"": 0.42},
    ),
    "lnc": Doc(
        "Mutual information of strongly dependent continuous variables.",
        "`ksg` with boxes, corrected where neighbours fill little of the box about them.",
        _STRONG,
        {"": 6.55},
    ),
    "ross": Doc(
        "Mutual information of a continuous and a discrete variable, from nearest neighbours.",
        "Neighbours within a class, and how many of all are as near. Small classes take fewer "
        "neighbours.",
        _CLASSES,
        {"": 0.63},
    ),
    "mixed_ksg": Doc(
        "Mutual information of mixtures of quantities and single values, from nearest neighbours.",
        "Ties are kept, and taken for what they are: zeros of relu, counts, clipped values.",
        _MIXTURE,
        {"": 1.06},
    ),
    "kl": Doc(
        "Mutual information of continuous variables from three differential entropies.",
        "h(X) + h(Y) − h(X,Y) by Kozachenko and Leonenko. Their errors do not cancel, as they do "
        "in `ksg`.",
        _NORMAL,
        {"": 0.4},
    ),
    "weighted_kl": Doc(
        "Mutual information of continuous variables from three weighted differential entropies.",
        "As `kl`, but each entropy is a weighted sum over the first k neighbours, whose biases "
        "cancel.",
        _NORMAL,
        {"": 0.41},
    ),
    "multi_information": Doc(
        "Total correlation of all columns of x and y, from k nearest neighbours.",
        "For one column of x and one of y it is their mutual information; for more, it holds what "
        "the columns of each tell of each other too. The function takes any number of variables.",
        _NORMAL,
        {"": 0.42},
    ),
    "hsic": Doc(
        "Hilbert-Schmidt independence criterion of two kernels.",
        "tr(KHLH)/(n − 1)², or the unbiased form. With a Gaussian kernel it is 0, in the limit of "
        "many rows, for independent variables only. It depends on the widths: numbers of "
        "different kernels or widths do not compare.",
        _POINTS,
        {"sigma=1": 0.15},
    ),
    "nhsic": Doc(
        "Normalised HSIC: how many directions two kernels share.",
        "tr(R_x R_y), R = K̄(K̄ + εnI)⁻¹ of a centred Gram matrix K̄; at most the distinct rows less "
        "one. O(n³).",
        _ALTERNATING,
        {"": 1.0},
    ),
    "cka": Doc(
        "Centred kernel alignment: HSIC as a correlation, at most 1.",
        "HSIC(x,y)/√(HSIC(x,x) HSIC(y,y)). With the linear kernel it does not change when a "
        "variable is moved, rotated or scaled.",
        _LINE,
        {"": 1.0},
    ),
    "dcor": Doc(
        "Distance correlation: from 0 to 1, and 0 for independent variables only.",
        "Of Euclidean distances, so that there is no width to choose. O(n log n) for two single "
        "columns, else O(n²).",
        _LINE,
        {"": 1.0},
    ),
    "renyi": Doc(
        "Matrix-based Rényi information of order alpha.",
        "S(A) + S(B) − S(A∘B/tr A∘B) of Gram matrices of trace 1. No density is estimated: the "
        "width decides what is near. O(n³), of order 2 O(n²).",
        _PAIRS,
        {"sigma=0.1": 0.69},
    ),
    "kde": Doc(
        "A bound on the information of x and y + noise, where y is a function of x.",
        "Of the mixture of Gaussians about the values of y: above it by Kullback-Leibler, below it "
        "by Bhattacharyya distances.",
        _SIGNAL,
        {"variance=0.25": 0.69, 'variance=0.25, bound="lower"': 0.57},
    ),
    "kernel_mi": Doc(
        "Mutual information from kernel estimates of the densities.",
        "Narrow kernels give too much, at last ln n; wide ones blur.",
        _NORMAL,
        {"": 0.43},
    ),
    "gaussian": Doc(
        "Mutual information of jointly Gaussian variables.",
        "½ ln(det Σ_x det Σ_y / det Σ): blind to any dependence that is no correlation.",
        _NORMAL,
        {"": 0.41},
    ),
    "cca": Doc(
        "Mutual information of jointly Gaussian variables, from canonical correlations.",
        "−½ Σ ln(1 − ρ²): blind to any dependence that is no correlation.",
        _NORMAL,
        {"": 0.41},
    ),
    "gaussian_copula": Doc(
        "Mutual information of variables with a Gaussian copula, whatever the law of each.",
        "`gaussian` of normal scores of the ranks: blind to links that are not monotone.",
        _NORMAL,
        {"": 0.41},
    ),
    "edge": Doc(
        "Mutual information of hashed variables, in linear time.",
        "The plug-in information of random cells less that under permutation, over several widths. "
        "For few columns.",
        _NORMAL,
        {"": 0.39},
    ),
}


def summary(name: str) -> str:
    """The first paragraphs of an estimator's docstrings."""
    return f"{DOCS[name].title}\n\n{textwrap.fill(DOCS[name].about, 92)}"


def example(name: str) -> str:
    """The Examples section of an estimator's function."""
    doc = DOCS[name]
    lines = [_imports(doc.data), doc.data]
    for options, value in doc.calls.items():
        arguments = f"x, y, {options}" if options else "x, y"
        lines += [f">>> round(glow.information.{name}({arguments}), 2)", f"{value}"]
    return "\n".join(lines)


def class_example(name: str, class_name: str, spec: str) -> str:
    """The Examples section of an estimator's class."""
    data = DOCS[name].data
    return f"""{_imports(data)}
{data}
>>> measure = glow.information.{class_name}()
>>> measure(x, y) == glow.information.{name}(x, y)
True
>>> model = glow.IBSequential(input_shape=(2,))
>>> model.attach_evaluator(measure)
>>> model.evaluator_list
[{spec}]"""


def _imports(data: str) -> str:
    return ">>> import glow\n>>> import numpy as np" if "np." in data else ">>> import glow"
