"""Networks: what Keras, PyTorch and scikit-learn users expect of them."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import glow
from glow import layers


def every_layer():
    """A network with each kind of layer that torch has too."""
    model = glow.Sequential(input_shape=(2, 12, 12), seed=1)
    model.add(layers.Conv2d(6, 3, padding=1, activation="relu"))
    model.add(layers.BatchNorm2d())
    model.add(layers.MaxPool2d(2))
    model.add(layers.Conv2d(4, 3, stride=1, activation="tanh", use_bias=False))
    model.add(layers.AvgPool2d(2, stride=1))
    model.add(layers.Flatten())
    model.add(layers.Dense(8, activation="gelu"))
    model.add(layers.LayerNorm())
    model.add(layers.Activation("leaky_relu"))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(3, activation="softmax"))
    return model


def test_to_torch_is_equivalent():
    model = every_layer()
    model.compile("SGD", "cross_entropy", ["accuracy"])
    x = torch.randn(40, 2, 12, 12, generator=torch.Generator().manual_seed(1))
    model.fit(x, torch.arange(40) % 3, epochs=2, verbose=0)  # running means of its own
    twin = model.to_torch().eval()
    torch.testing.assert_close(twin(x).detach(), model.predict(x), rtol=1e-5, atol=1e-6)
    assert list(twin.state_dict())[0] == "conv2d_1.weight"


def test_weights_go_both_ways():
    model, other = every_layer(), every_layer()
    x = torch.randn(4, 2, 12, 12)
    twin = model.to_torch().eval()
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.mul_(1.5)
    other.load_state_dict(twin.state_dict())
    torch.testing.assert_close(other.predict(x), twin(x).detach(), rtol=1e-5, atol=1e-6)
    model.load_state_dict(other.state_dict())
    assert torch.equal(model.predict(x), other.predict(x))
    with pytest.raises(ValueError, match="the weights lack 'conv2d_1.bias'"):
        model.load_state_dict({"conv2d_1.weight": model.state_dict()["conv2d_1.weight"]})


def test_save_and_load(tmp_path):
    model, other = every_layer(), every_layer()
    with torch.no_grad():
        next(model.parameters()).add_(1)
    model.save(tmp_path / "weights.safetensors")
    other.load(tmp_path / "weights.safetensors")
    x = torch.randn(4, 2, 12, 12)
    assert torch.equal(model.predict(x), other.predict(x))
    with pytest.raises(glow.DataError, match="nothing"):
        (tmp_path / "nothing").write_bytes(b"")
        other.load(tmp_path / "nothing")


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_predict_alike_and_train_apart(data, make_model, twin):
    model = make_model(seed=4)
    model.attach_evaluator("hsic")
    model.fit(*data, epochs=2, verbose=0)
    other = twin(model)
    x = data[0]
    assert torch.equal(other.predict(x), model.predict(x))
    np.testing.assert_array_equal(other.evaluated_dynamics, model.evaluated_dynamics)
    assert other.history.history == model.history.history
    other.fit(*data, epochs=1, verbose=0)
    assert not torch.equal(other.predict(x), model.predict(x))
    assert other.plane.evaluators == ["hsic(kernel=gaussian, sigma=5)"]


class Branches(glow.Network):
    """One layer of ours and one of torch side by side."""

    def __init__(self):
        super().__init__((12,))
        self.left = self.add(layers.Dense(8, activation="tanh"))
        self.right = self.add(nn.Linear(12, 4))
        self.out = self.add(layers.Dense(2, activation="softmax"))

    def forward(self, x):
        return self.out(torch.cat([self.left(x), self.right(x)], 1))


def test_a_network_with_a_forward_of_its_own(data):
    model = Branches()
    model.compile("adam", "cross_entropy", ["accuracy"])
    history = model.fit(*data, epochs=60, verbose=0)
    assert history.history["accuracy"][-1] > 0.9
    other = pickle.loads(pickle.dumps(model))
    assert torch.equal(other.predict(data[0]), model.predict(data[0]))
    assert model.parameter_count() == sum(p.numel() for p in model.parameters()) == 182


def test_a_network_is_let_go(data):
    import gc
    import weakref

    model = Branches()
    model.compile("adam", "cross_entropy")
    model.fit(*data, verbose=0)
    ref = weakref.ref(model)
    del model
    gc.collect()
    assert ref() is None


def test_the_same_seed_gives_the_same_bits(data, make_model):
    runs = []
    for track in (True, False):
        model = make_model(seed=7, track_dynamics=track)
        if track:
            model.attach_evaluator("hsic")
        model.fit(*data, epochs=2, verbose=0)
        runs.append(model.predict(data[0]))
    assert torch.equal(*runs)


def test_modules_of_torch_are_layers(data):
    x, y = data
    model = glow.Sequential((12,), seed=2)
    for module in (nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 2), nn.Softmax(dim=1)):
        model.add(module)
    model.compile("adam", "cross_entropy", ["accuracy"])
    assert model.fit(x, y, epochs=60, verbose=0).history["accuracy"][-1] > 0.9
    segment = model._engine.observe(x, y)
    assert [r.name for r in segment.layers] == ["linear_1", "linear_2"]
    assert segment.layers[0].value.min() >= 0  # after its activation
    assert segment.layers[1].logits is not None  # the loss is computed from them
    with pytest.raises(TypeError, match="not the class"):
        model.add(nn.ReLU)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        model.add(nn.Linear(5, 2))


def test_history_is_as_in_keras(data, make_model):
    history = make_model().fit(*data, epochs=3, validation_split=0.25, verbose=0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history.epoch == [0, 1, 2] and history.params["epochs"] == 3
    assert len(history.seconds) == 3


def test_any_iterable_of_batches_trains(data, make_model):
    x, y = data
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=60)
    pairs = [(x[i : i + 60].numpy(), y[i : i + 60].numpy()) for i in range(0, 240, 60)]

    class Stream:
        def __iter__(self):
            yield from pairs

    losses = []
    for source in (loader, pairs, Stream()):
        model = make_model(seed=3)
        model.attach_evaluator("hsic")
        losses.append(model.fit_generator(source, source, 2, verbose=0).history["val_loss"])
        assert model.evaluated_dynamics.shape == (2, 4, 1, 2, 2)
    assert losses[0] == losses[1] == losses[2]
    own = make_model(seed=3).fit(x, y, batch_size=60, epochs=2, shuffle=False, verbose=0)
    assert own.history["loss"] == pytest.approx(
        make_model(seed=3).fit_generator(loader, None, 2, verbose=0).history["loss"]
    )


def test_bad_data_is_answered_in_words(data, make_model):
    x, y = data
    with pytest.raises(TypeError, match="iterable of"):
        make_model().fit_generator(3, None, 1)
    with pytest.raises(TypeError, match=r"a pair \(x, y\)"):
        make_model().fit_generator([x], None, 1, verbose=0)
    with pytest.raises(ValueError, match="used up in the first epoch"):
        make_model().fit_generator(((x, y) for _ in range(2)), None, 2, verbose=0)
    with pytest.raises(ValueError, match="x has 240 rows, y 3"):
        make_model().fit(x, y[:3], verbose=0)
    with pytest.raises(ValueError, match="takes inputs of"):
        make_model().predict(x[:, :5])
    with pytest.raises(ValueError, match="not finite"):
        make_model().fit(x * float("nan"), y, verbose=0)
    with pytest.raises(RuntimeError, match="compile"):
        glow.Sequential((12,)).fit(x, y, verbose=0)
    assert issubclass(glow.StateError, RuntimeError) and issubclass(glow.DataError, ValueError)


def test_evaluate_takes_arrays_and_loaders(data, make_model):
    x, y = data
    model = make_model()
    model.fit(x, y, epochs=2, verbose=0)
    of_arrays = model.evaluate(x.numpy(), y.numpy())
    of_loader = model.evaluate([(x[:120], y[:120]), (x[120:], y[120:])])
    assert of_arrays == pytest.approx(of_loader, rel=1e-6)


def test_summary_is_printed(capsys, make_model):
    make_model().summary()
    assert "Model: IBSequential" in capsys.readouterr().out


def test_a_probe_is_measured_apart_from_the_batches(data, make_model):
    model = make_model(every="epoch", on="test", unit="bits")
    model.attach_evaluator("binned(edges=30)")
    with pytest.raises(RuntimeError, match="set_probe"):
        model.fit(*data, verbose=0)
    model.set_probe(*data)
    model.fit(*data, epochs=2, verbose=0)
    columns = model.plane.columns
    assert sorted(set(columns["epoch"])) == [0, 1, 2] and set(columns["unit"]) == {"bits"}
    assert set(columns["mode"]) == {"eval"}


def test_dynamics_are_saved(data, make_model):
    model = make_model(save_dynamics=True, name="mine")
    model.attach_evaluator("hsic")
    model.fit(*data, epochs=2, verbose=0)
    assert model.folder.name.startswith("mine-")
    saved = glow.read_plane(model.folder)
    assert len(saved) == len(model.plane)
    assert len(list((model.folder / "segments").glob("*.safetensors"))) == 2


def test_classes_given_as_words_keep_their_numbers(data, make_model):
    x, y = data
    words = np.array(["cat", "dog"])[y.numpy()]
    model = make_model(seed=1)
    model.fit(x, words, epochs=60, verbose=0, validation_data=(x[y == 1], words[y.numpy() == 1]))
    assert model.class_names == ["cat", "dog"]
    assert model.history.history["val_accuracy"][-1] > 0.8
    assert model.evaluate(x[y == 1], words[y.numpy() == 1])["accuracy"] > 0.8
    assert pickle.loads(pickle.dumps(model)).evaluate(x, words)["accuracy"] > 0.8
    with pytest.raises(ValueError, match="class 'emu' is not among cat, dog"):
        model.evaluate(x, np.full(len(x), "emu"))
    with pytest.raises(ValueError, match="not words"):
        model.fit_generator([(x, words)], verbose=0)


def test_streams_and_targets_train(data):
    x, y = data

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            yield from zip(x, y.float(), strict=True)

    class Batches:
        def __iter__(self):
            yield x, y.float()

    for source in (torch.utils.data.DataLoader(Stream(), batch_size=60), Batches()):
        model = glow.IBSequential((12,))
        model.add(glow.layers.Dense(1))
        model.compile("adam", "mse")
        model.attach_evaluator("hsic")
        history = model.fit_generator(source, source, 2, verbose=0)
        assert len(history.history["val_loss"]) == 2 and len(model.plane) > 0


def test_keras_defaults_are_taken(data, make_model):
    model = make_model(metrics=())
    model.compile("adam(learning_rate=0.1)", metrics=None)
    stop = glow.callbacks.EarlyStopping(monitor="loss")
    model.fit(*data, epochs=np.int64(1), callbacks=stop, verbose=0)
    model.fit(*data, callbacks=None, validation_data=[data], verbose=0)
    assert "val_loss" in model.history.history
    with torch.no_grad():
        model.fit(*data, verbose=0)
    assert glow.Sequential(np.int64(4)).input_shape == (4,)
    with pytest.raises(ValueError, match="a name is that of a folder"):
        glow.IBSequential((4,), name="../elsewhere")


def test_a_failed_training_leaves_its_own_history(data, make_model):
    model = make_model()
    model.attach_evaluator("hsic")
    model.fit(*data, epochs=3, verbose=0)

    class Fail(glow.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            assert len(self.model.plane) > 0  # it can be looked at while it grows
            if epoch == 1:
                raise OSError("mine")

    with pytest.raises(OSError, match="mine"):
        model.fit(*data, epochs=5, callbacks=[Fail()])
    assert len(model.history.epoch) == 1
    assert set(model.plane.columns["epoch"]) == {1, 2}
