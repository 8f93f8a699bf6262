"""Trackers as callbacks of Lightning and Keras, where these are installed."""

import importlib
import importlib.util
import sys

import pytest
import torch
from torch import nn

import glow
import glow.integrations

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.filterwarnings("ignore")]
SPEC = "hsic(sigma=2)"


@pytest.fixture
def data():
    x = torch.randn(64, 4)
    return x, (x[:, 0] > 0).long()


@pytest.mark.parametrize(
    ("name", "packages"),
    [("lightning", ["lightning", "pytorch_lightning"]), ("keras", ["keras"])],
)
def test_what_is_missing_is_said_in_words(name, packages, monkeypatch):
    for package in packages:
        for module in [m for m in sys.modules if m.split(".")[0] == package]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"glow.integrations.{name}", raising=False)
    monkeypatch.delitem(vars(glow.integrations), name, raising=False)
    with pytest.raises(ImportError, match=f"pip install {name}"):
        getattr(glow.integrations, name)


def test_nothing_else_is_offered():
    with pytest.raises(AttributeError, match="no attribute 'jax'"):
        glow.integrations.jax  # noqa: B018


# Lightning


@pytest.fixture
def lightning():
    return pytest.importorskip("lightning")


@pytest.fixture
def fit(lightning, data):
    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2))

        def forward(self, x):
            return self.model(x)

        def training_step(self, batch, index):
            x, y = batch.values() if isinstance(batch, dict) else batch
            return nn.functional.cross_entropy(self(x), y)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    def fit(callback=None, as_dict=False, **options):
        torch.manual_seed(3)
        x, y = data
        examples = [{"x": a, "label": b} if as_dict else (a, b) for a, b in zip(x, y, strict=True)]
        loader = torch.utils.data.DataLoader(examples, batch_size=16)
        module = Module()
        trainer = lightning.Trainer(
            max_epochs=2,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[callback] if callback else [],
            **options,
        )
        trainer.fit(module, loader)
        return module

    return fit


def test_lightning_with_a_probe(fit, data):
    callback = glow.integrations.lightning.TrackerCallback([SPEC], probe=data, every="epoch")
    with pytest.raises(glow.StateError, match="no plane before"):
        _ = callback.plane
    module, alone = fit(callback), fit()
    rows = callback.plane.columns
    assert rows["epoch"] == [0, 0, 1, 1, 2, 2]
    assert rows["step"] == [0, 0, 4, 4, 8, 8]
    assert callback.plane.layers == ["model.0", "model.3"]
    pairs = zip(module.parameters(), alone.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("as_dict", [False, True])
def test_lightning_without_a_probe(fit, as_dict):
    callback = glow.integrations.lightning.TrackerCallback([SPEC], "0|3", module="model")
    module = fit(callback, as_dict)
    rows = callback.plane.columns
    assert rows["epoch"] == [1] * 8 + [2] * 8
    assert rows["step"][::2] == list(range(8))
    assert set(rows["on"]) == {"batch"} and set(rows["n"]) == {16}
    assert all(not part._forward_pre_hooks for part in module.modules())


def test_lightning_with_accumulated_gradients(fit):
    callback = glow.integrations.lightning.TrackerCallback([SPEC], labels=lambda batch: batch[1])
    fit(callback, accumulate_grad_batches=2)
    assert callback.plane.columns["step"][::2] == [0, 1, 2, 3]
    assert callback.plane.columns["epoch"][::2] == [1, 1, 2, 2]


def test_lightning_lets_go_after_an_error(fit):
    def labels(batch):
        raise RuntimeError("mine")

    callback = glow.integrations.lightning.TrackerCallback([SPEC], labels=labels)
    with pytest.raises(RuntimeError, match="mine"):
        fit(callback)
    assert callback.tracker._closed


def test_labels_that_cannot_be_found(lightning):
    from glow.integrations.lightning import _labels

    with pytest.raises(glow.ValueError, match="labels=batch -> y"):
        _labels({"image": 1})


# Keras


@pytest.fixture
def keras(monkeypatch):
    if importlib.util.find_spec("keras") is None:
        pytest.skip("keras is not installed")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = importlib.import_module("keras")
    if keras.config.backend() != "torch":
        pytest.skip(f"keras runs on {keras.config.backend()}")
    return keras


@pytest.fixture
def make(keras):
    def make():
        keras.utils.set_random_seed(1)
        inner = [keras.Input((4,)), keras.layers.Dense(8, name="a"), keras.layers.ReLU()]
        model = keras.Sequential(
            [
                keras.Input((4,)),
                keras.Sequential(inner, name="encoder"),
                keras.layers.Dense(6, name="b"),
                keras.layers.BatchNormalization(),
                keras.layers.Activation("tanh"),
                keras.layers.Dropout(0.3),
                keras.layers.Dense(2, name="c"),
            ],
            name="mine",
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer="sgd", loss=loss)
        keras.utils.set_random_seed(2)
        return model

    return make


def test_keras(keras, make, data):
    x, y = (tensor.numpy() for tensor in data)
    callback = glow.integrations.keras.TrackerCallback([SPEC], data, every="epoch", on="train")
    with pytest.raises(glow.StateError, match="no plane before"):
        _ = callback.plane
    watched, alone = make(), make()
    history = []
    for model, callbacks in ((watched, [callback]), (alone, [])):
        keras.utils.set_random_seed(2)
        fitted = model.fit(x, y, batch_size=16, epochs=2, verbose=0, callbacks=callbacks)
        history.append(fitted.history)
    assert history[0] == history[1]
    pairs = zip(watched.get_weights(), alone.get_weights(), strict=True)
    assert all((a == b).all() for a, b in pairs)

    plane = callback.plane
    assert plane.name == "mine"
    assert plane.layers == ["encoder/a", "b", "c"]
    assert plane.columns["epoch"][::3] == [0, 1, 2]
    assert plane.columns["step"][::3] == [0, 4, 8]
    # The normalization and the activation belong to the layer before them.
    features = keras.Model(watched.inputs, [watched.layers[0].output, watched.layers[3].output])
    for t, row in zip(features(x, training=False), (-3, -2), strict=True):
        expected = glow.information.estimator(SPEC).estimate(t.detach(), data[0]).value
        assert plane.columns["complexity"][row] == pytest.approx(expected, rel=1e-5)


def test_keras_layers_by_name(make, data):
    x, y = (tensor.numpy() for tensor in data)
    callback = glow.integrations.keras.TrackerCallback([SPEC], data, layers="encoder/*|c", every=3)
    make().fit(x, y, batch_size=16, verbose=0, callbacks=[callback])
    first, activation, last = callback.plane.layers
    assert (first, last) == ("encoder/a", "c")
    assert activation.startswith("encoder/re_lu")


def test_keras_needs_a_probe(keras):
    with pytest.raises(glow.ValueError, match="needs a probe"):
        glow.integrations.keras.TrackerCallback([SPEC], None)
