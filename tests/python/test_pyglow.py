"""Programs written for PyGlow run as they stand."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

import glow
from glow.information_bottleneck import Estimator

MNIST = Path(os.environ.get("GLOW_DATA_DIR", "")) / "mnist" / "train-images-idx3-ubyte.gz"
needs_mnist = pytest.mark.skipif(not MNIST.exists(), reason="MNIST is not in GLOW_DATA_DIR")

INDEX = """
# importing glow modules
from glow.models import IBSequential
from glow.layers import Dense, Dropout, Conv2d, Flatten, HSICoutput
from glow.datasets import mnist
from glow.information_bottelneck.estimator import HSIC

# declaring hyperparameters
batch_size = 64
num_workers = 3
validation_split = 0.2
num_epochs = EPOCHS

train_loader, val_loader, test_loader = mnist.load_data(
    batch_size=batch_size, num_workers=num_workers, validation_split=validation_split
)
model = IBSequential(input_shape=(1, 28, 28), gpu=True,
                                 track_dynamics=True, save_dynamics=True)
model.add(Conv2d(filters=16, kernel_size=3, stride=1, padding=1))
model.add(Flatten())
model.add(Dropout(0.4))
model.add(Dense(500, activation='relu'))
model.add(Dropout(0.4))
model.add(Dense(10, activation='softmax'))
model.compile(optimizer='SGD', loss='cross_entropy', metrics=['accuracy'])
model.attach_evaluator(HSIC(kernel='gaussian', gpu=True, sigma=5))
model.fit_generator(train_loader, val_loader, num_epochs)
"""

NOTEBOOK = """
import glow
import numpy as np
from glow.layers import Dense, Dropout, Conv2d, Flatten
from glow.datasets import mnist, cifar10
from glow.models import IBSequential
from glow.information_bottleneck.estimator import HSIC

train_loader, val_loader, test_loader = mnist.load_data(
    batch_size=64, num_workers=3, validation_split=0.2
)
model = IBSequential(input_shape=(1, 28, 28), gpu=True, track_dynamics=True, save_dynamics=True)
model.add(Conv2d(filters=16, kernel_size=3, stride=1, padding=1, activation='relu'))
model.add(Flatten())
model.add(Dropout(0.4))
model.add(Dense(500, activation='relu'))
model.add(Dropout(0.4))
model.add(Dense(200, activation='relu'))
model.add(Dropout(0.2))
model.add(Dense(10, activation='softmax'))
model.compile(optimizer='SGD', loss='cross_entropy', metrics=['accuracy'])
model.attach_evaluator(HSIC(kernel='gaussian', gpu=True, sigma=5))
model.fit_generator(train_loader, val_loader, 2)
plane = np.mean(model.evaluated_dynamics, 1)
print("PLANE", plane.shape)
print("VALIDATION", model.history.history["val_accuracy"][-1])
"""


@needs_mnist
@pytest.mark.slow
def test_the_notebook(run_python):
    done = run_python(NOTEBOOK)
    assert "PLANE (2, 1, 4, 2)" in done.stdout
    assert float(done.stdout.split("VALIDATION")[1]) >= 0.925  # PyGlow's double softmax: 0.88
    assert done.stdout.count("Training loop:") == done.stdout.count("Validation loop:") == 2
    assert "Epoch 2/2" in done.stdout and " - acc: " in done.stdout
    assert done.stderr.count("gpu=True") == (0 if torch.cuda.is_available() else 1)


@needs_mnist
def test_the_index_on_part_of_the_data(run_python):
    small = INDEX.replace("validation_split=validation_split", "validation_split=0.2, limit=1280")
    done = run_python(small.replace("EPOCHS", "2") + "\nprint(model.evaluated_dynamics.shape)")
    assert "(2, 16, 1, 3, 2)" in done.stdout
    assert "16/16" in done.stderr and "4/4" in done.stderr  # a bar a loop
    assert "dynamics are saved in runs/" in done.stderr


@needs_mnist
def test_loaders_are_iterables_of_tensors():
    train, validation, test = glow.datasets.mnist.load_data(
        batch_size=64, num_workers=3, validation_split=0.2
    )
    assert (len(train), len(validation), len(test)) == (750, 188, 157)
    x, y = next(iter(validation))
    assert x.shape == (64, 1, 28, 28) and x.dtype == torch.float32
    assert y.shape == (64,) and y.dtype == torch.int64
    assert x.min() == -1 and x.max() == 1  # (x − 0.5)/0.5
    first, second = (next(iter(train))[1] for _ in range(2))
    assert not torch.equal(first, second)  # another order every epoch
    assert torch.equal(next(iter(validation))[1], y)


def test_a_criterion_of_ones_own(data, make_model):
    class Own(Estimator):
        def __init__(self, gpu, **kwargs):
            super().__init__(gpu, **kwargs)

        def criterion(self, x, y):
            assert x.dim() == y.dim() == 2 and y.dtype == torch.float32
            return self.params_dict["scale"] * (x.T @ y).square().mean()

    model = make_model()
    model.attach_evaluator(Own(False, scale=2))
    model.fit(*data, batch_size=60, epochs=2, verbose=0)
    assert model.plane.evaluators == ["Own(scale=2)"]
    assert model.evaluated_dynamics.shape == (2, 4, 1, 2, 2)
    assert np.isfinite(model.evaluated_dynamics).all()


def test_a_criterion_sees_the_segment_that_trained(data, make_model):
    seen = []

    class Whole(Estimator):
        def eval_dynamics_segment(self, dynamics_segment):
            seen.append([t.clone() for t in dynamics_segment])
            return [[t.mean(), float(t.std())] for t in dynamics_segment[1:-1]]

    x, y = data
    model = make_model()
    model.attach_evaluator(Whole(False))
    model.fit(x, y, batch_size=240, epochs=1, shuffle=False, verbose=0)
    (segment,) = seen
    assert torch.equal(segment[0], x)
    assert torch.equal(segment[-1], torch.nn.functional.one_hot(y, 2).float())
    assert [t.shape[1] for t in segment[1:-1]] == [8, 2]
    assert model.evaluated_dynamics[0, 0, 0, 0, 0] == pytest.approx(segment[1].mean().item())


def test_an_exception_in_a_criterion_arrives_with_its_traceback(data, make_model):
    class Broken(Estimator):
        def criterion(self, x, y):
            return {}["no such key"]

    model = make_model()
    model.attach_evaluator(Broken(False))
    with pytest.raises(KeyError, match="no such key") as caught:
        model.fit(*data, verbose=0)
    assert caught.traceback[-1].name == "criterion"
    assert caught.traceback[-1].path == Path(__file__)
    assert make_model().fit(*data, verbose=0).history["loss"]  # the engine is none the worse


def test_gradients_flow_through_a_criterion(data, make_model):
    class Own(Estimator):
        def criterion(self, x, y):
            return (x.T @ y).square().mean()

    x = data[0].clone().requires_grad_()
    Own(False).estimate(x, data[0]).backward()
    assert x.grad.abs().sum() > 0


def test_a_changed_built_in_is_used(data, make_model):
    class Twice(glow.information_bottleneck.estimator.HSIC):
        def criterion(self, x, y):
            return 2 * super().criterion(x, y)

    model = make_model()
    model.attach_evaluator("hsic(sigma=5)")
    model.attach_evaluator(Twice(sigma=5))
    model.fit(*data, verbose=0)
    plain, twice = model.evaluated_dynamics[0, 0]
    np.testing.assert_allclose(twice, 2 * plain, rtol=1e-6)


def test_a_criterion_that_changes_its_arguments_is_found_out(data, make_model):
    class InPlace(Estimator):
        def criterion(self, x, y):
            x -= x.mean(0)
            return (x.T @ y).square().mean()

    model = make_model()
    model.attach_evaluator(InPlace(False))
    with pytest.raises(ValueError, match="InPlace changes its arguments in place"):
        model.fit(*data, verbose=0)


def test_a_name_that_is_no_spec_can_be_shown(data, make_model):
    class Own(Estimator):
        def criterion(self, x, y):
            return x.mean() * y.mean()

    model = make_model()
    model.attach_evaluator(Own(False, path='a "b", (c', scale=2))
    model.fit(*data, verbose=0)
    assert "Own(scale=2)" in str(model.plane)
    model.plane.save_report("own.html")


def test_what_cannot_be_attached(make_model):
    with pytest.raises(RuntimeError, match="track_dynamics"):
        make_model(track_dynamics=False).attach_evaluator("hsic")
    with pytest.raises(TypeError, match="a spec, not int"):
        make_model().attach_evaluator(3)
    with pytest.raises(ValueError, match="did you mean 'hsic'"):
        make_model().attach_evaluator("hsik")


def test_arrays_as_pyglow_takes_them(data, make_model):
    x, y = (t.numpy() for t in data)
    generator = glow.preprocessing.DataGenerator()
    train, validation = generator.prepare_numpy_data(x, y.astype(float), 20, 0.25)
    assert (len(train), len(validation)) == (9, 3)
    parts = generator.set_dataset(*data, batch_size=20, validation_split=0.25)
    assert [len(part) for part in parts] == [180, 60]
    assert [len(loader) for loader in generator.get_loaders(*parts)] == [9, 3]
    model = make_model()
    model.fit_generator(train, validation, 1, verbose=0)
    model.fit(x_train=x, y_train=y, batch_size=20, num_epochs=2, validation_split=0.2, verbose=0)
    assert len(model.history.history["val_loss"]) == 2
    prediction = model.predict(x)
    assert isinstance(prediction, np.ndarray) and prediction.shape == (240, 2)


def test_paradigms_say_that_they_come_next():
    for name in ("HSICSequential", "VIB"):
        with pytest.raises(NotImplementedError, match="come next"):
            getattr(glow.models, name)((1, 28, 28))
    with pytest.raises(NotImplementedError, match="comes next"):
        glow.layers.HSICoutput(10)


def test_names_of_pyglow():
    assert glow.information_bottelneck is glow.information_bottleneck
    assert glow.losses.get("NLLLoss") is glow.losses.NLLLoss
    assert glow.metrics.get("accuracy") is glow.metrics.categorical_accuracy
    y, p = torch.tensor([0, 1]), torch.tensor([[0.9, 0.1], [0.8, 0.2]])
    assert glow.metrics.categorical_accuracy(y, p) == 0.5
    assert glow.losses.cross_entropy(p, y) == pytest.approx(
        torch.nn.functional.cross_entropy(p, y).item()
    )
    hsic = glow.information_bottleneck.HSIC("gaussian", gpu=False, sigma=2)
    loss = glow.losses.HSICLoss(p, p, y, hsic, 3)
    assert torch.isfinite(loss)
    assert glow.layers.Dense(output_dim=3).config == {"units": 3}
    assert glow.layers.Dropout(prob=0.3).config == {"rate": 0.3}
    assert glow.layers.MaxPool2d(kernel_size=2, stride=2).config == {"pool_size": 2, "stride": 2}
    assert glow.layers.Conv2d(4, 3, 2, 1, 1, "relu").config["activation"] == "relu"


def test_gpu_without_one_warns_once(run_python):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    code = "import glow\nfor _ in range(3): glow.Sequential((4,), gpu=True)"
    assert run_python(code).stderr.count("gpu=True") == 1
    with pytest.raises(ValueError, match="cuda"):
        glow.Sequential((4,), device="cuda")
