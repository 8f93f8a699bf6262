"""Losses, metrics, optimizers and callbacks, the engine's and one's own."""

import warnings

import pytest
import torch
from torch.nn import functional

import glow
from glow import callbacks


def test_a_loss_of_prediction_and_target(data, make_model):
    def nll_of_probabilities(prediction, target):
        return functional.nll_loss(prediction.log(), target)

    own = make_model(nll_of_probabilities).fit(*data, epochs=2, verbose=0)
    built_in = make_model("cross_entropy").fit(*data, epochs=2, verbose=0)
    assert own.history["loss"] == pytest.approx(built_in.history["loss"], rel=1e-5)


def test_a_loss_of_the_segment(data, make_model):
    seen = []

    def loss(segment):
        seen.append([r.name for r in segment.layers])
        assert segment.classes == 2 and segment.one_hot().shape[1] == 2
        fit = glow.losses.cross_entropy(segment.layers[-1].logits, segment.y)
        return fit + 50 * glow.hsic(segment.layers[0].value, segment.x, sigma=2)

    model = make_model(loss)
    model.attach_evaluator("hsic(sigma=2)")
    model.fit(*data, epochs=30, verbose=0)
    assert seen[0] == ["dense_1", "dense_2"]
    plain = make_model()
    plain.attach_evaluator("hsic(sigma=2)")
    plain.fit(*data, epochs=30, verbose=0)
    kept = [m.evaluated_dynamics[-1, :, 0, 0, 0].mean() for m in (model, plain)]
    assert kept[0] < 0.8 * kept[1]  # the penalty is felt: its gradient reached the first layer


def test_an_exception_in_a_loss_arrives(data, make_model):
    def loss(prediction, target):
        raise OSError("mine")

    with pytest.raises(OSError, match="mine"):
        make_model(loss).fit(*data, verbose=0)


def test_a_double_softmax_is_warned_of(data, make_model):
    with pytest.warns(glow.GlowWarning, match="applies another"):
        make_model(torch.nn.CrossEntropyLoss())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = glow.Sequential((12,))
        model.add(glow.layers.Dense(2))
        model.compile("SGD", torch.nn.CrossEntropyLoss())
        model.fit(*data, verbose=0)


def test_metrics_of_ones_own(data, make_model):
    def right(y_true, y_pred):
        return (y_pred.argmax(1) == y_true).float()

    def as_number(y_true, y_pred):
        return float((y_pred.argmax(1) == y_true).float().mean())

    model = make_model(metrics=["accuracy", right, as_number])
    logs = model.fit(*data, batch_size=60, epochs=2, verbose=0).history
    assert logs["right"] == pytest.approx(logs["accuracy"])
    assert logs["as_number"] == pytest.approx(logs["accuracy"])


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        (("SGD", None, None), "SGD"),
        (("adam", 0.01, 0.95), "Adam(learning_rate=0.01)"),
        (("SGD(learning_rate=0.1)", None, None), "SGD(learning_rate=0.1)"),
        ((glow.optimizers.SGD(0.1, nesterov=True), None, None), None),
        (("sgd", 0.1, 0.5), "SGD(learning_rate=0.1, momentum=0.5)"),
    ],
)
def test_optimizers_by_name_and_object(given, spec):
    made = glow.optimizers.spec(*given)
    assert spec is None or made == spec
    if spec is None:
        assert made == "SGD(learning_rate=0.1, nesterov=true)"


def test_unknown_words_name_the_nearest(make_model):
    with pytest.raises(ValueError, match="did you mean 'cross_entropy'"):
        make_model("crossentropy")
    with pytest.raises(ValueError, match="did you mean 'accuracy'"):
        make_model(metrics=["acuracy"])
    with pytest.raises(ValueError, match="did you mean 'momentum'"):
        glow.optimizers.SGD(momentun=0.5)
    with pytest.raises(ValueError, match="did you mean 'activation'"):
        glow.layers.Dense(3, activaton="relu")
    with pytest.raises(ValueError, match="'units' is required"):
        glow.layers.Dense()


def test_callbacks_hear_what_keras_tells(data, make_model):
    heard = []

    class Own(callbacks.Callback):
        def on_train_begin(self, logs=None):
            heard.append(("begin", self.params["epochs"], self.params["steps"]))

        def on_epoch_begin(self, epoch, logs=None):
            heard.append(("epoch", epoch))

        def on_train_batch_end(self, batch, logs=None):
            heard.append(("batch", batch, sorted(logs)))

        def on_test_batch_end(self, batch, logs=None):
            heard.append(("test", batch))

        def on_epoch_end(self, epoch, logs=None):
            logs["mine"] = 7.0

        def on_train_end(self, logs=None):
            heard.append(("end", self.model is model))

    model = make_model()
    history = model.fit(
        *data, batch_size=90, epochs=1, validation_split=0.25, verbose=0, callbacks=[Own()]
    )
    names = ["accuracy", "loss"]
    assert heard == [
        ("begin", 1, 2),
        ("epoch", 0),
        ("batch", 0, names),
        ("batch", 1, names),
        ("test", 0),
        ("end", True),
    ]
    assert history.history["mine"] == [7.0]


def test_callbacks_stop_the_training(data, make_model):
    model = make_model()

    class Stop(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    assert len(model.fit(*data, epochs=9, verbose=0, callbacks=[Stop()]).epoch) == 2
    assert len(model.fit(*data, epochs=3, verbose=0).epoch) == 3
    early = callbacks.EarlyStopping(monitor="loss", min_delta=10.0)
    assert len(model.fit(*data, epochs=9, verbose=0, callbacks=[early]).epoch) == 2


def test_built_in_callbacks_write_files(data, make_model, tmp_path):
    model = make_model()
    checkpoint = callbacks.ModelCheckpoint("w-{epoch:02}.safetensors", monitor="loss")
    log = callbacks.CSVLogger("log.csv")
    model.fit(*data, epochs=2, verbose=0, callbacks=[checkpoint, log])
    assert sorted(p.name for p in tmp_path.glob("w-*")) == ["w-01.safetensors", "w-02.safetensors"]
    assert (tmp_path / "log.csv").read_text().splitlines()[0].startswith("epoch,loss")
    with pytest.raises(TypeError, match="not the class"):
        model.fit(*data, verbose=0, callbacks=[callbacks.TerminateOnNaN])


def test_a_callback_that_would_never_be_called_is_refused(data, make_model):
    class Keras(callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None): ...

    with pytest.raises(TypeError, match="no hook 'on_train_batch_begin'"):
        make_model().fit(*data, verbose=0, callbacks=[Keras()])


def test_a_loss_that_is_no_tensor_is_told_of(data, make_model):
    with pytest.raises(TypeError, match="the loss as_float gives a 0-d tensor, not float"):

        def as_float(prediction, target):
            return 1.0

        make_model(as_float).fit(*data, verbose=0)
    only = make_model(lambda segment: glow.hsic(segment.layers[0].value, segment.x))
    assert only.fit(*data, verbose=0).history["loss"]


def test_lambda_callback(data, make_model):
    epochs = []
    callback = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(epoch))
    make_model().fit(*data, epochs=2, verbose=0, callbacks=[callback])
    assert epochs == [0, 1]
    with pytest.raises(TypeError, match="unknown hook"):
        callbacks.LambdaCallback(on_epoch=print)


def test_progress_reads_like_pyglow(data, make_model, capsys):
    make_model().fit(*data, batch_size=60, epochs=1, validation_split=0.25, verbose=1)
    out, err = capsys.readouterr()
    lines = [line for line in out.splitlines() if line]
    assert lines[0] == "Epoch 1/1" and lines[1].strip() == "Training loop:"
    assert lines[2].startswith("loss: ") and " - acc: " in lines[2]
    assert lines[3].strip() == "Validation loop:"
    assert "3/3" in err and "1/1" in err
    make_model().fit(*data, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_a_layer_of_ones_own(data):
    class Scale(glow.layer.Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def set_input(self, input_shape):
            self.weight = torch.nn.Parameter(self.factor * torch.ones(input_shape))
            self.output_shape = input_shape

        def forward(self, x):
            return self.weight * x

    model = glow.Sequential((12,))
    model.add(Scale(2.0))
    model.add(glow.layers.Dense(2, activation="softmax"))
    model.compile("SGD", "cross_entropy")
    before = model.state_dict()["scale_1.weight"].clone()
    model.fit(*data, verbose=0)
    assert before.eq(2).all() and not torch.equal(model.state_dict()["scale_1.weight"], before)

    class Wrong(Scale):
        def set_input(self, input_shape):
            super().set_input(input_shape)
            self.output_shape = (3,)

    with pytest.raises(ValueError, match=r"says output_shape = \(3,\)"):
        glow.Sequential((12,)).add(Wrong(1.0))
