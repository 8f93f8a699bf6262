"""What may be given as x and y, and what is said of what may not."""

import builtins
import decimal

import numpy as np
import pandas as pd
import pytest
import torch

import glow
from glow._arrays import holds_classes, to_tensor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X[:, :1] + RNG.normal(size=(60, 1))
EIGHTHS = np.round(X * 8) / 8  # exact in every float type


class OnlyToNumpy:
    """What a polars column has, and no more."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.values.flags.writeable = False

    def to_numpy(self):
        return self.values


class OnlyArray:
    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return self.values


def fields(x):
    """Columns of a table of records: their strides are no multiple of their size."""
    table = np.zeros(len(x), dtype=[("tag", "i1"), ("value", "f8")])
    table["value"] = x[:, 0]
    return table["value"]


def memmap(x, path):
    np.save(path, x)
    return np.load(path, mmap_mode="r")


def read_only(x):
    copy = x.copy()
    copy.flags.writeable = False
    return copy


SAME = {
    "fortran order": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "reversed twice": lambda x: x[::-1].copy()[::-1],
    "read-only": read_only,
    "big endian": lambda x: x.astype(">f8"),
    "little endian": lambda x: x.astype("<f8"),
    "float32": lambda x: x.astype(np.float32),
    "float16": lambda x: x.astype(np.float16),
    "long double": lambda x: x.astype(np.longdouble),
    "objects": lambda x: x.astype(object),
    "decimals": lambda x: [[decimal.Decimal(v) for v in row] for row in x],
    "list of lists": lambda x: x.tolist(),
    "list of arrays": list,
    "tuple": lambda x: tuple(map(tuple, x)),
    "list of tensors": lambda x: list(torch.tensor(x)),
    "matrix": np.asmatrix,
    "masked, nothing of it": np.ma.masked_array,
    "tensor": torch.tensor,
    "tensor, transposed": lambda x: torch.tensor(x.T.copy()).T,
    "tensor, float32": lambda x: torch.tensor(x, dtype=torch.float32),
    "tensor, bfloat16": lambda x: torch.tensor(x, dtype=torch.bfloat16),
    "tensor, conjugated": lambda x: torch.tensor(x).conj(),
    "data frame": pd.DataFrame,
    "data frame, nullable": lambda x: pd.DataFrame(x).convert_dtypes(),
    "only to_numpy": OnlyToNumpy,
    "only __array__": OnlyArray,
    "buffer": lambda x: memoryview(x),
}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("form", SAME)
def test_the_same_number_from_any_form(form):
    rounded = np.round(EIGHTHS * 2) / 2 if "bfloat16" in form else EIGHTHS
    before = rounded.copy()
    given = SAME[form](rounded)
    single = "float32" in form or "16" in form
    expected = float(glow.hsic(rounded, Y, sigma=1))
    assert float(glow.hsic(given, Y, sigma=1)) == pytest.approx(
        expected, rel=1e-5 if single else 1e-14
    )
    assert float(glow.ksg(given, Y)) == pytest.approx(float(glow.ksg(rounded, Y)), abs=1e-6)
    np.testing.assert_array_equal(rounded, before)


def test_a_column_is_a_vector():
    column, vector = X[:, :1], X[:, 0]
    forms = [vector, vector.tolist(), pd.Series(vector), fields(X), OnlyToNumpy(vector)]
    for form in forms:
        assert glow.ksg(form, Y) == glow.ksg(column, Y)


def test_a_memory_map(tmp_path):
    assert glow.hsic(memmap(X, tmp_path / "x.npy"), Y) == glow.hsic(X, Y)


def test_memory_is_shared_where_it_can_be():
    array = X.copy()
    assert to_tensor(array).data_ptr() == array.ctypes.data
    tensor = torch.ones(3)
    assert to_tensor(tensor) is tensor


INTEGERS = ["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i4", ">u2"]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_any_integer_holds_classes(dtype):
    x, y = (RNG.integers(0, 2, size=200) for _ in "xy")
    expected = glow.information.plugin(x, y)
    assert glow.information.plugin(x.astype(dtype), y) == expected
    assert (
        glow.information.plugin(torch.tensor(x), pd.Series(y.astype(dtype.lstrip(">")))) == expected
    )


def test_large_integers_stay_apart():
    for x in (2**60 + np.arange(300) % 3, np.arange(300, dtype=np.uint64) % 3 + np.uint64(2**62)):
        assert glow.information.plugin(x, x) == pytest.approx(np.log(3), rel=1e-12)
    above = np.where(np.arange(300) % 2, np.uint64(2**64 - 4096), np.uint64(5))
    assert to_tensor(above).tolist()[:2] == [5.0, 2.0**64 - 4096]


WEATHER = ["sun", "sun", "rain", "rain"] * 30
CODES = [1, 1, 0, 0] * 30
TRUTH = np.log(2)
WORDS = {
    "list": WEATHER,
    "array": np.array(WEATHER),
    "bytes": np.array(WEATHER, dtype="S"),
    "objects": np.array(WEATHER, dtype=object),
    "series": pd.Series(WEATHER),
    "string series": pd.Series(WEATHER, dtype="string"),
    "python strings": pd.Series(WEATHER, dtype=object),
    "categorical": pd.Series(WEATHER, dtype="category"),
    "only to_numpy": OnlyToNumpy(WEATHER),
    "one column": pd.DataFrame({"weather": WEATHER}),
}


@pytest.mark.parametrize("form", WORDS)
def test_words_are_classes(form):
    words = WORDS[form]
    assert to_tensor(words).flatten().tolist() == CODES
    assert holds_classes(words)
    assert glow.information.plugin(words, CODES) == pytest.approx(TRUTH)
    assert glow.entropy(words, "plugin") == pytest.approx(TRUTH)


def test_numerals_are_words():
    assert to_tensor(["10", "9", "nan", "10"]).tolist() == [0, 1, 2, 0]


def test_a_table_of_words_and_numbers():
    table = pd.DataFrame(
        {"weather": WEATHER, "wind": np.arange(120) / 4, "wet": [True, False] * 60}
    )
    tensor = to_tensor(table)
    assert tensor.dtype == torch.float64
    assert tensor[:3].tolist() == [[1, 0, 1], [1, 0.25, 0], [0, 0.5, 1]]
    assert not holds_classes(table)


def test_auto_takes_words_for_classes_however_many():
    x = [f"word {i}" for i in range(200)] * 2
    y = RNG.normal(size=400)
    assert "x is discrete" in glow.mutual_information(x, y).warnings[0]
    assert glow.mutual_information(x, x).estimator == "auto(discrete=both)"
    assert glow.mutual_information(y, x).estimator == "auto(discrete=y)"
    assert glow.mutual_information(x, y, continuous="x").estimator == "auto(continuous=x)"
    assert glow.mutual_information(y, y).estimator == "auto"
    assert glow.entropy(x).estimator == "grassberger"
    numbers = pd.Series(np.arange(400) % 200).astype("category")
    assert glow.mutual_information(numbers, y).estimator == "auto(discrete=x)"
    with pytest.raises(ValueError):
        glow.mutual_information(x, y, discrete="z")


# Bad inputs: the text says which variable, and where.

BAD = np.where(np.arange(180).reshape(60, 3) == 25, np.nan, X)  # row 8, column 1


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (BAD, "x contains 1 non-finite value, first at row 8, column 1"),
        (np.where(np.isnan(BAD), -np.inf, BAD), "x contains 1 non-finite value, first at row 8"),
        (torch.tensor(BAD), "x contains 1 non-finite value, first at row 8, column 1"),
        (pd.DataFrame(BAD), "x contains 1 non-finite value, first at row 8, column 1"),
        (pd.DataFrame(BAD).convert_dtypes(), "x contains 1 .* value, first at row 8, column 1"),
        (BAD.tolist(), "x contains 1 non-finite value, first at row 8, column 1"),
        (np.ma.masked_invalid(BAD), "x contains 1 missing value, first at row 8, column 1"),
        (pd.Series([1, 2, None, 3] * 15, dtype="Int64"), "x contains 15 .* values, first at row 2"),
        (pd.Series([1, 2, None, 3] * 15, dtype="Float32"), "x contains 15 .* first at row 2"),
        (
            pd.Series([True, None] * 30, dtype="boolean"),
            "x contains 30 .* first at row 1, column 0",
        ),
        (
            pd.Series(["a", None] * 30, dtype="string"),
            "x contains 30 missing values, first at row 1",
        ),
        (pd.Series(["a", None] * 30, dtype="category"), "x contains 30 missing values"),
        (["a", None] * 30, "x contains 30 missing values, first at row 1, column 0"),
        (["a", float("nan")] * 30, "contains 30 missing"),
        ([1, None] * 30, "x contains 30 missing values, first at row 1, column 0"),
        ([], r"x is empty: its shape is \(0\)"),
        (np.zeros((0, 3)), r"x is empty: its shape is \(0, 3\)"),
        (np.zeros((60, 0)), r"x is empty: its shape is \(60, 0\)"),
        (np.array([], dtype=object), "x is empty"),
        (X[:50], "x has 50 rows, y has 60"),
        (3.0, "x needs rows.* got a 0-d tensor"),
        (np.float32(3), "x needs rows.* got a 0-d tensor"),
        (torch.tensor(3), "x needs rows.* got a 0-d tensor"),
        (X + 1j, "x is complex: expected real numbers"),
        (torch.tensor(X + 1j), "x is complex: expected real numbers"),
        (np.zeros((60, 2, 2)), r"x has the shape \(60, 2, 2\): .*flatten it first"),
        ([[1, 2], [3]] * 30, "x is no table: .*inhomogeneous"),
        (torch.eye(60).to_sparse(), r"x is sparse: give x.to_dense\(\)"),
    ],
)
def test_bad_values_are_named(given, text):
    for call in (glow.hsic, glow.ksg, glow.mutual_information):
        with pytest.raises(builtins.ValueError, match=text) as caught:
            call(given, Y)
        assert isinstance(caught.value, glow.ValueError)
        with pytest.raises(glow.ValueError, match="y "):
            call(Y, given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, "x must be an array or a list, not NoneType"),
        ({"a": 1}, "x must be an array or a list, not dict"),
        ((i for i in range(60)), "x must be an array or a list, not generator"),
        ("words", "x must be an array or a list, not str"),
        ([{}] * 60, "neither all numbers nor all words"),
        (np.zeros(60, dtype="m8[s]"), "x holds timedelta64"),
        (pd.date_range("2020", periods=60), "x holds datetime64"),
        (np.zeros(60, dtype=[("a", "f8")]), "x holds .*, not numbers"),
        (["b", 1] * 30, "neither all numbers nor all words"),
        (pd.DataFrame({"a": ["b", 1] * 30}), "neither all numbers nor all words"),
    ],
)
def test_bad_types_are_named(given, text):
    with pytest.raises(TypeError, match=text):
        glow.hsic(given, Y)


def test_messages_name_the_variable():
    with pytest.raises(ValueError, match="z contains 1 non-finite value, first at row 8"):
        glow.conditional_mutual_information(X, Y, BAD)
    with pytest.raises(ValueError, match="variable 3 contains 1 missing value, first at row 0"):
        glow.multi_information(X, Y, [None] + [1] * 59)
    with pytest.raises(ValueError, match="x contains 1 non-finite"):
        glow.entropy(BAD)


def test_nothing_given_is_changed():
    x, y = X.copy(), torch.tensor(Y)
    words = pd.DataFrame({"a": WEATHER[:60]})
    for name, _, _ in glow._core.estimators():
        if name not in ("ross", "kde", "plugin"):
            getattr(glow.information, name)(x, y)
    glow.mutual_information(words, x)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y.numpy(), Y)
    assert words["a"].tolist() == WEATHER[:60]
