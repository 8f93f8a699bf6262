"""The tracker of torch modules: what it measures, when, and that it changes nothing."""

import copy
import math
import pickle
import weakref

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils import checkpoint

import glow

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::glow.GlowWarning"),
]
SPEC = "hsic(sigma=2)"


@pytest.fixture
def data():
    x = torch.randn(48, 6, generator=torch.Generator().manual_seed(1))
    return x, (x[:, 0] + x[:, 1] > 0).long()


class Net(nn.Module):
    """With all that training changes: dropout, batch statistics, a buffer."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 8)
        self.norm = nn.BatchNorm1d(8)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.3)
        self.fc2 = nn.Linear(8, 2)

    def forward(self, x):
        return self.fc2(self.drop(self.act(self.norm(self.fc1(x)))))


def train(model, data, steps, tracker=None, size=16, **words):
    """A user's own loop; gives the activations that a hook of plain torch saw, by step."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    x, y = data
    for step in range(steps):
        rows = torch.arange(size * step, size * (step + 1)) % len(x)
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if tracker:
            tracker.step(y[rows], **words)


def by_hand(t, x, y, classes=2, spec=SPEC):
    estimator = glow.information.estimator(spec)
    return [
        estimator.estimate(t.flatten(1), other).value
        for other in (x.flatten(1), F.one_hot(y, classes).float())
    ]


def coordinates(plane, name, step=0):
    rows = plane.columns
    (i,) = [
        i for i, s in enumerate(rows["step"]) if s == step and rows["name"][i] == name
    ]  # with one evaluator
    return [rows["complexity"][i], rows["generalization"][i]]


def hooks_of(model):
    return sum(
        len(part._forward_hooks) + len(part._forward_pre_hooks) + len(part._backward_hooks)
        for part in model.modules()
    )


# What is measured


def test_a_probe_is_measured_as_by_hand(data):
    x, y = data
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data) as tracker:
        pass
    model.eval()
    with torch.no_grad():
        t = model.act(model.norm(model.fc1(x)))
        out = model.fc2(t)
    plane = tracker.plane
    assert isinstance(plane, glow.Plane)
    assert plane.layers == ["fc1", "fc2"]  # the normalization and activation belong to fc1
    assert coordinates(plane, "fc1") == pytest.approx(by_hand(t, x, y))
    assert coordinates(plane, "fc2") == pytest.approx(by_hand(out, x, y))
    columns = plane.columns
    assert set(columns["mode"]) == {"eval"}
    assert set(columns["on"]) == {"probe"}
    assert set(columns["n"]) == {48}
    assert columns["layer"] == [1, 2]


def test_the_training_batch_is_measured_as_it_trained(data):
    x, y = data
    model = Net()
    seen = {}
    handle = model.act.register_forward_hook(lambda m, a, out: seen.update(t=out.detach().clone()))
    with glow.Tracker(model, [SPEC], layers=["fc1"]) as tracker:
        for step in range(3):
            train(model, (x[step * 16 :], y[step * 16 :]), 1, tracker)
            rows = slice(step * 16, step * 16 + 16)
            expected = by_hand(seen["t"], x[rows], y[rows])
            assert coordinates(tracker.plane, "fc1", step) == pytest.approx(expected)
    handle.remove()
    columns = tracker.plane.columns
    assert columns["step"] == [0, 1, 2]
    assert set(columns["on"]) == {"batch"}
    assert set(columns["mode"]) == {"train"}


def test_several_evaluators_and_bits(data):
    model = Net()
    with glow.Tracker(
        model, ["hsic", glow.information.KDE, "binned"], probe=data, unit="bits"
    ) as t:
        pass
    plane = t.plane
    assert len(plane.evaluators) == 3
    units = dict(zip(plane.columns["evaluator"], plane.columns["unit"], strict=True))
    assert sorted(units.values()) == ["bits", "bits", "none"]
    with glow.Tracker(model, "binned", probe=data) as nats:
        pass
    bits = [
        v for e, v in zip(plane.columns["evaluator"], plane.columns["complexity"], strict=True)
        if e.startswith("binned")
    ]  # fmt: skip
    assert np.array(bits) * math.log(2) == pytest.approx(nats.plane.columns["complexity"])


def test_an_evaluator_of_ones_own_may_draw_random_numbers(data):
    class Shuffled(glow.Estimator):
        def criterion(self, x, y):
            return (x[torch.randperm(len(x))].mean(0).sum() * y.mean()).abs()

    model = Net()
    twin = copy.deepcopy(model)
    torch.manual_seed(3)
    with glow.Tracker(model, [Shuffled], probe=data, every=1) as tracker:
        train(model, data, 4, tracker)
    torch.manual_seed(3)
    train(twin, data, 4)
    assert same(model, twin)


def test_dropout_and_batch_statistics_are_not_deterministic(data):
    # H(T) is I(X;T) only where the network is deterministic: binned leaves it empty elsewhere.
    def complexity(model, probe=None):
        with glow.Tracker(model, ["binned"], probe=probe, every=1) as tracker:
            train(model, data, 1, tracker)
        return tracker.plane.columns["complexity"][0]

    class Functional(nn.Linear):
        def forward(self, x):
            return F.dropout(super().forward(x), 0.5, self.training)

    plain = nn.Sequential(nn.Linear(6, 2), nn.Dropout(0.0))
    assert not math.isnan(complexity(plain))
    assert math.isnan(complexity(nn.Sequential(nn.Linear(6, 2), nn.Dropout(0.5))))
    assert math.isnan(complexity(nn.Sequential(nn.Linear(6, 2), nn.BatchNorm1d(2))))
    assert math.isnan(complexity(Functional(6, 2)))
    assert not math.isnan(complexity(Functional(6, 2), probe=data))


def test_targets_and_classes(data):
    x, y = data
    model = nn.Linear(6, 5)
    targets = torch.stack([x[:, 0], x[:, 1]], 1)
    with glow.Tracker(model, [SPEC], probe=(x, targets)) as tracker:
        pass
    out = model(x).detach()
    expected = glow.information.estimator(SPEC).estimate(out, targets).value
    assert tracker.plane.columns["generalization"] == pytest.approx([expected])

    class Width(glow.Estimator):
        def criterion(self, a, b):
            return b.shape[1]

    def classes(**options):
        with glow.Tracker(model, [Width()], every=1, **options) as tracker:
            train(model, data, 1, tracker)
        return tracker.plane.columns["generalization"][0]

    assert classes() == 5  # the columns of the output
    assert classes(classes=7) == 7
    assert classes(probe=(x, y + 2)) == 4  # the largest label and one


def test_half_precision_and_integer_inputs(data):
    x, y = data
    model = Net().to(torch.bfloat16).eval()
    with glow.Tracker(model, [SPEC], probe=(x.bfloat16(), y)) as tracker:
        pass
    with torch.no_grad():
        out = model(x.bfloat16()).float()
    expected = by_hand(out, x.bfloat16().float(), y)
    assert coordinates(tracker.plane, "fc2") == pytest.approx(expected)

    tokens = torch.randint(0, 5, (48, 3))
    embedding = nn.Sequential(nn.Embedding(5, 4), nn.Flatten(), nn.Linear(12, 2))
    with glow.Tracker(embedding, [SPEC], probe=(tokens, y), tokens="flatten") as tracker:
        pass
    t = embedding[0](tokens).detach()
    assert coordinates(tracker.plane, "0") == pytest.approx(by_hand(t, tokens.float(), y))


def test_arrays_as_a_probe(data):
    x, y = data
    model = Net()
    with glow.Tracker(model, [SPEC], probe=(x.numpy(), y.tolist())) as arrays:
        pass
    with glow.Tracker(model, [SPEC], probe=data) as tensors:
        pass
    assert arrays.plane.to_csv() == tensors.plane.to_csv()


# Which layers


def block():
    return nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(inplace=True))


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3, padding=1)
        self.blocks = nn.ModuleList([block(), block()])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(2, 3)

    def forward(self, x):
        x = self.stem(x)
        for part in self.blocks:
            x = part(x)
        return self.head(self.pool(x).flatten(1))


@pytest.fixture
def images():
    return torch.randn(20, 1, 6, 6), torch.arange(20) % 3


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        (None, ["stem", "blocks.0.0", "blocks.1.0", "head"]),
        ("blocks.?|head", ["blocks.0", "blocks.1", "head"]),
        ("stem", ["stem"]),
        ("*", ["stem", "blocks.0", "blocks.1", "pool", "head"]),
        ("b*", ["blocks.0", "blocks.1"]),  # the outermost that a glob matches
        (["blocks.?", "*.0.?"], ["blocks.0.0", "blocks.0.1", "blocks.0.2", "blocks.0", "blocks.1"]),
        ("blocks.1|blocks.1.0", ["blocks.1.0", "blocks.1"]),
        (lambda name, module: isinstance(module, nn.ReLU), ["blocks.0.2", "blocks.1.2"]),
    ],
)
def test_layers_by_globs_names_and_predicates(images, layers, names):
    with glow.Tracker(Nested(), [SPEC], layers=layers, probe=images) as tracker:
        pass
    assert tracker.plane.layers == names


def test_layers_that_are_not_there_are_named(images):
    with pytest.raises(glow.ValueError, match="no module matches 'conv.*': there are stem, blocks"):
        glow.Tracker(Nested(), [SPEC], layers="conv*", probe=images)
    with pytest.raises(glow.ValueError, match="no module is called 'haed': .* head"):
        glow.Tracker(Nested(), [SPEC], layers="stem|haed", probe=images)
    with pytest.raises(glow.ValueError, match="no layer has parameters"):
        glow.Tracker(nn.Sequential(nn.ReLU()), [SPEC], probe=images)


def test_a_module_without_parts_is_its_own_layer(data):
    with glow.Tracker(nn.Linear(6, 2), [SPEC], probe=data) as tracker:
        pass
    assert tracker.plane.layers == ["linear"]


def test_a_residual_sum_is_not_the_layer_before_it(data):
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(6, 6)
            self.act = nn.ReLU(inplace=True)
            self.out = nn.Linear(6, 2)

        def forward(self, x):
            t = self.fc(x)
            t += x  # the same tensor object with other values: no longer the layer's output
            return self.out(self.act(t))

    model = Residual()
    x, y = data
    for probe in (data, None):
        with glow.Tracker(model, [SPEC], probe=probe, every=1) as tracker:
            t = model.fc(x).detach()
            if probe is None:
                model(x)
                tracker.step(y)
        assert coordinates(tracker.plane, "fc") == pytest.approx(by_hand(t, x, y))


def test_in_place_activations_belong_to_their_layer(data):
    x, y = data
    model = nn.Sequential(nn.Linear(6, 4), nn.ReLU(inplace=True), nn.Linear(4, 2))
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        model(x)
        tracker.step(y)
    t = model[0](x).relu().detach()
    assert coordinates(tracker.plane, "0") == pytest.approx(by_hand(t, x, y))


def test_an_activation_asked_for_is_a_layer_of_its_own(data):
    x, y = data
    model = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 2))
    with glow.Tracker(model, [SPEC], layers="*", probe=data) as tracker:
        pass
    assert tracker.plane.layers == ["0", "1", "2"]
    assert coordinates(tracker.plane, "0") == pytest.approx(by_hand(model[0](x).detach(), x, y))


def test_a_norm_inside_a_layer_is_no_end_of_the_one_before(data):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(6)
            self.fc = nn.Linear(6, 6)

        def forward(self, x):
            return x + self.fc(self.norm(x))

    x, y = data
    model = nn.Sequential(Block(), Block())
    with glow.Tracker(model, [SPEC], layers="?", probe=data) as tracker:
        pass
    assert coordinates(tracker.plane, "0") == pytest.approx(by_hand(model[0](x).detach(), x, y))


def test_modules_used_twice(data):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(6, 6)
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(self.fc(self.relu(self.fc(x))))

    x, y = data
    model = Twice()
    with glow.Tracker(model, [SPEC], probe=data) as tracker:
        pass
    assert tracker.plane.layers == ["fc", "fc:2"]
    first = model.fc(x).relu()
    second = model.fc(first).relu()
    assert coordinates(tracker.plane, "fc") == pytest.approx(by_hand(first.detach(), x, y))
    assert coordinates(tracker.plane, "fc:2") == pytest.approx(by_hand(second.detach(), x, y))
    with glow.Tracker(model, [SPEC], layers="relu", probe=data) as tracker:
        pass
    assert tracker.plane.layers == ["relu", "relu:2"]


def test_a_models_own_norms_and_activations(data):
    class RMSNorm(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(4))

        def forward(self, x):
            return self.weight * x / x.square().mean(-1, keepdim=True).sqrt()

    class NormedLinear(nn.Linear):
        """A layer with a norm in its name."""

    model = nn.Sequential(nn.Linear(6, 4), RMSNorm(), NormedLinear(4, 2))
    with glow.Tracker(model, [SPEC], probe=data) as tracker:
        pass
    assert tracker.plane.layers == ["0", "2"]


def test_parametrized_layers(data):
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = nn.Parameter(torch.ones(()))

        def forward(self, weight):
            return self.factor * weight

    weight_norm = nn.utils.parametrizations.weight_norm
    model = nn.Sequential(weight_norm(nn.Linear(6, 4, bias=False)), nn.Tanh(), nn.Linear(4, 2))
    nn.utils.parametrize.register_parametrization(model[2], "weight", Scaled())
    with glow.Tracker(model, [SPEC], probe=data, every=1) as tracker:
        train(model, data, 1, tracker)
    assert tracker.plane.layers == ["0", "2"]
    assert tracker.plane._warnings == []


# When


def steps(tracker):
    return list(dict.fromkeys(tracker.plane.columns["step"]))


def epochs(tracker):
    columns = tracker.plane.columns
    return dict(zip(columns["step"], columns["epoch"], strict=True))


@pytest.mark.parametrize(
    ("every", "probe", "expected"),
    [
        ("batch", True, list(range(13))),
        (5, True, [0, 5, 10]),
        ("log", True, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        (None, True, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("batch", False, list(range(12))),
        (None, False, list(range(12))),
        (5, False, [0, 5, 10]),
        ("log", False, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ],
)
def test_every(data, every, probe, expected):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data if probe else None, every=every) as tracker:
        train(model, data, 12, tracker)
    assert steps(tracker) == expected
    assert tracker.updates == 12


def test_log_spaced_steps_are_twenty_a_decade(data):
    with glow.Tracker(nn.Linear(6, 2), [SPEC], probe=data) as tracker:
        for _ in range(1000):
            tracker.step()
    taken = steps(tracker)
    assert {0, 1, 10, 100, 1000} <= set(taken)
    assert sum(100 < step <= 1000 for step in taken) == 20


def test_epochs_of_a_probe(data):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data, every=2) as tracker:
        for _ in range(3):
            train(model, data, 4, tracker)
            tracker.end_epoch()
    # The update that ends an epoch belongs to its end.
    assert epochs(tracker) == {0: 0, 2: 0, 4: 1, 6: 1, 8: 2, 10: 2, 12: 3}
    assert tracker.plane._batches == 4
    (plane,) = tracker.plane._planes()
    assert plane["layers"][0]["mean"]["epoch"].tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3]


def test_the_ends_of_epochs_of_a_probe(data):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data, every="epoch") as tracker:
        for _ in range(3):
            train(model, data, 4, tracker)
            tracker.end_epoch()
            tracker.end_epoch()  # nothing was trained since
    assert epochs(tracker) == {0: 0, 4: 1, 8: 2, 12: 3}
    assert tracker.plane.to_numpy().shape == (4, 1, 1, 2, 2)


def test_epochs_of_batches(data):
    model = Net()
    with glow.Tracker(model, [SPEC], every=2) as tracker:
        for _ in range(3):
            train(model, data, 4, tracker)
            tracker.end_epoch()
    assert epochs(tracker) == {0: 1, 2: 1, 4: 2, 6: 2, 8: 3, 10: 3}
    assert tracker.plane.to_numpy().shape == (3, 2, 1, 2, 2)


def test_the_last_batch_of_each_epoch(data):
    x, y = data
    model = Net()
    seen = {}
    handle = model.fc2.register_forward_hook(lambda m, a, out: seen.update(t=out.detach().clone()))
    with glow.Tracker(model, [SPEC], every="epoch") as tracker:
        for _ in range(2):
            train(model, data, 3, tracker)
            tracker.end_epoch()
            model(x)  # not of the epoch any more
            handle.remove()
    assert epochs(tracker) == {2: 1, 5: 2}


@pytest.mark.parametrize("probe", [True, False])
@pytest.mark.parametrize("first", [0, 7])
def test_epochs_by_their_number(data, probe, first):
    model = Net()
    probe = data if probe else None
    with glow.Tracker(model, [SPEC], probe=probe, every="epoch") as tracker:
        for epoch in range(first, first + 3):
            train(model, data, 4, tracker, epoch=epoch)
    # Another number comes with the first update of the next epoch; the last ends when it closes.
    ends = {0: 0, 5: 1, 9: 2, 12: 3} if probe else {3: 1, 7: 2, 11: 3}
    assert epochs(tracker) == ends
    assert tracker.plane._batches == 4


@pytest.mark.parametrize(
    ("every", "probe", "expected"),
    [
        (2, True, {0: 0, 2: 0, 4: 1, 6: 1, 8: 2, 10: 2}),
        (2, False, {0: 1, 2: 1, 4: 2, 6: 2, 8: 3}),
        ("epoch", True, {0: 0, 4: 1, 8: 2}),
        ("epoch", False, {3: 1, 7: 2}),
    ],
)
def test_epochs_of_so_many_batches(data, every, probe, expected):
    model = Net()
    probe = data if probe else None
    with glow.Tracker(model, [SPEC], probe=probe, every=every, batches=4) as tracker:
        train(model, data, 2, tracker)
        for plane in tracker.plane._planes():  # before an epoch has ended, too
            times = plane["layers"][0]["mean"]["epoch"].tolist()
            assert times == ([0, 0.5] if probe and every == 2 else [0])
        train(model, data, 8, tracker)
    assert epochs(tracker) == expected


@pytest.mark.parametrize("probe", [True, False])
def test_a_single_epoch_that_nobody_ends(data, probe):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data if probe else None, every="epoch") as tracker:
        train(model, data, 4, tracker)
    assert epochs(tracker) == ({0: 0, 4: 1} if probe else {3: 1})


def test_epochs_of_different_lengths(data):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data, every=1) as tracker:
        for length in (2, 3):
            train(model, data, length, tracker)
            tracker.end_epoch()
    assert epochs(tracker) == {0: 0, 1: 0, 2: 1, 3: 1, 4: 1, 5: 2}
    assert tracker.plane._batches == 0


@pytest.mark.parametrize("probe", [True, False])
def test_without_a_word_on_epochs_updates_stand_for_them(data, probe, tmp_path):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data if probe else None, every=2) as tracker:
        train(model, data, 6, tracker)
    expected = [0, 2, 4, 6] if probe else [0, 2, 4]
    plane = tracker.plane
    (drawn,) = plane._planes()
    assert drawn["layers"][0]["mean"]["epoch"].tolist() == expected
    assert plane.to_numpy().shape == (len(expected), 1, 1, 2, 2)
    # plane.csv says the same as the plane that it came from.
    plane.to_csv(tmp_path / "plane.csv")
    (drawn,) = glow.read_plane(tmp_path / "plane.csv")._planes()
    assert drawn["layers"][0]["mean"]["epoch"].tolist() == expected


def test_accumulated_gradients_and_evaluation_between(data):
    x, y = data
    model = Net()
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        model(x[:10])
        model(x[10:30])  # the last in training mode counts
        model.eval()
        model(x)
        model.train()
        tracker.step(y[10:30])
    assert set(tracker.plane.columns["n"]) == {20}


# Nothing is changed


def same(a, b):
    pairs = zip(a.state_dict().items(), b.state_dict().items(), strict=True)
    return all(k == name and torch.equal(v, other) for (k, v), (name, other) in pairs)


@pytest.mark.parametrize("every", [1, "epoch", "log"])
@pytest.mark.parametrize("probe", [True, False])
def test_training_is_the_same_to_the_bit(data, probe, every):
    model = Net()
    twin = copy.deepcopy(model)
    torch.manual_seed(7)
    train(twin, data, 9)
    drawn = torch.rand(1)
    torch.manual_seed(7)
    probe = data if probe else None
    with glow.Tracker(model, [SPEC, "binned", "kde"], probe=probe, every=every) as tracker:
        train(model, data, 9, tracker)
    assert torch.equal(torch.rand(1), drawn)
    assert same(model, twin)
    assert model.norm.num_batches_tracked == 9


def test_a_probe_restores_flags_buffers_gradients_and_generators(data):
    class Restless(nn.Module):
        """Changes buffers and draws in evaluation mode too."""

        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(6, 2)
            self.register_buffer("calls", torch.zeros(1))
            self.register_buffer("last", torch.zeros(1))
            self.register_buffer("none", None)

        def forward(self, x):
            assert not self.training and not torch.is_grad_enabled()
            self.calls += 1
            self.last = x.mean().reshape(1)
            return self.fc(x) + torch.rand(2)

    x, y = data
    model = Restless()
    model.norm = nn.BatchNorm1d(2).eval()  # frozen, in a module that trains
    model.fc.weight.grad = torch.ones(2, 6)
    loss = model.fc(x).sum()  # its backward is still to come
    flags = {name: part.training for name, part in model.named_modules()}
    last, state = model.last, torch.get_rng_state()
    with glow.Tracker(model, ["binned"], probe=data, every=1) as tracker:
        tracker.step()
    assert {name: part.training for name, part in model.named_modules()} == flags
    assert model.calls == 0
    assert model.last is last and model.last == 0
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(model.fc.weight.grad, torch.ones(2, 6))
    loss.backward()
    assert all(math.isnan(v) for v in tracker.plane.columns["complexity"])  # it draws


def test_train_and_eval_of_a_module_are_not_called(data):
    class Merging(nn.Linear):
        def train(self, mode=True):
            raise AssertionError("a module may do more in train() than set the flag")

    with glow.Tracker(Merging(6, 2), [SPEC], probe=data):
        pass


def test_no_hook_is_left(data):
    model = Net()
    tracker = glow.Tracker(model, [SPEC], probe=data, every=1)
    assert hooks_of(model) == 0  # a probe needs them only while it runs
    train(model, data, 2, tracker)
    tracker.close()
    tracker.close()
    assert hooks_of(model) == 0
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        assert hooks_of(model) == 2
        train(model, data, 2, tracker)
        assert hooks_of(model) == 2
    assert hooks_of(model) == 0
    assert len(tracker.plane) == 4  # what was measured stays
    with pytest.raises(glow.StateError, match="closed"):
        tracker.step(data[1])


def test_no_hook_is_left_after_an_exception(data):
    model = Net()
    with pytest.raises(RuntimeError, match="mine"), glow.Tracker(model, [SPEC], every=1):
        raise RuntimeError("mine")
    assert hooks_of(model) == 0

    with glow.Tracker(model, [SPEC], every=1) as tracker:
        with pytest.raises(RuntimeError):
            model(torch.zeros(3, 5))  # fails in fc1, with hooks on every part
        assert hooks_of(model) == 2
        train(model, data, 1, tracker)  # and goes on
    assert hooks_of(model) == 0

    with pytest.raises(RuntimeError):
        glow.Tracker(model, [SPEC], probe=(torch.zeros(3, 5), data[1][:3]))
    assert hooks_of(model) == 0
    assert all(part.training for part in model.modules())


def test_nothing_is_kept_where_no_step_is_due(data):
    model = Net()
    with glow.Tracker(model, [SPEC], every=3) as tracker:
        kept = []
        for step in range(4):
            out = model(data[0])
            kept.append(tracker._batch._seen is not None)
            assert hooks_of(model) == 2
            out.sum().backward()
            ref = weakref.ref(out)
            del out
            assert ref() is None
            tracker.step(data[1])
            assert tracker._batch._seen is None, step
    assert kept == [True, False, False, True]


def test_checkpointed_activations(data):
    class Checkpointed(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = Net()

        def forward(self, x):
            return checkpoint.checkpoint(self.net, x, use_reentrant=False)

    model = Checkpointed()
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        train(model, data, 2, tracker)
    assert tracker.plane.layers == ["net.fc1", "net.fc2"]


def test_a_copy_of_the_model_is_not_watched(data):
    x, y = data
    model = Net()
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        average = copy.deepcopy(model)
        restored = pickle.loads(pickle.dumps(model))
        model(x)
        average(x[:5])
        restored(x[:7])
        tracker.step(y)
    assert set(tracker.plane.columns["n"]) == {48}


def test_a_tracker_that_is_dropped_lets_go(data):
    model = Net()
    tracker = glow.Tracker(model, [SPEC], every=1)
    model(data[0])
    tracker_ref, batch_ref = weakref.ref(tracker), weakref.ref(tracker._batch)
    del tracker
    assert tracker_ref() is None and batch_ref() is None
    model(data[0])  # its hooks are idle


def test_two_trackers_side_by_side(data):
    model = Net()
    with (
        glow.Tracker(model, [SPEC], every=1) as batch,
        glow.Tracker(model, [SPEC], probe=data, every=1) as probe,
    ):
        for _ in range(3):
            train(model, data, 1, probe)
            batch.step(data[1][:16])
    assert steps(batch) == [0, 1, 2]
    assert steps(probe) == [0, 1, 2, 3]


# Mixed precision and compilation


@pytest.mark.parametrize("probe", [True, False])
def test_autocast(data, probe):
    model = Net()
    twin = copy.deepcopy(model)
    for net in (twin, model):
        torch.manual_seed(5)
        tracker = None
        if net is model:
            tracker = glow.Tracker(net, [SPEC], probe=data if probe else None, every=1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            train(net, data, 3, tracker)
    assert same(model, twin)
    tracker.close()
    if probe:
        model.eval()
        with torch.no_grad():
            out = model(data[0])
        assert coordinates(tracker.plane, "fc2", 3) == pytest.approx(by_hand(out, *data))
    else:
        assert set(tracker.plane.columns["mode"]) == {"train"}


def compiled(model, way, backend="eager"):
    if way == "wrapper":
        return torch.compile(model, backend=backend)
    if way == "in place":
        model.compile(backend=backend)
    elif way == "a part":
        model.fc1.compile(backend=backend)
    else:
        model.fc1 = torch.compile(model.fc1, backend=backend)
    return model


WAYS = ["wrapper", "in place", "a part", "a part's wrapper"]


@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize("probe", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_compiled_modules(data, probe, way, autocast):
    model = Net()
    twin = copy.deepcopy(model)
    context = torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast)
    torch.manual_seed(5)
    with context:
        train(compiled(twin, way), data, 4)

    torch.manual_seed(5)
    start = copy.deepcopy(model.state_dict())
    net = compiled(model, way)
    call = net._compiled_call_impl
    tracker = glow.Tracker(net, [SPEC], probe=data if probe else None, every=1)
    with tracker, context:
        train(net, data, 4, tracker)
    assert same(model, twin)
    assert hooks_of(model) == hooks_of(net) == 0
    assert net._compiled_call_impl is call
    plane = tracker.plane
    assert plane.layers == ["fc1", "fc2"]
    assert [row[1] for row in plane._layers[:2]] == ["Linear", "Linear"]
    assert set(plane.columns["mode"]) == {"eval"}
    assert steps(tracker) == ([0, 1, 2, 3, 4] if probe else [0, 1, 2, 3])
    if not autocast:
        fresh = Net()
        fresh.load_state_dict(start)
        fresh.eval()
        x, y = data if probe else (data[0][:16], data[1][:16])
        with torch.no_grad():
            out = fresh(x)
        assert coordinates(plane, "fc2", 0) == pytest.approx(by_hand(out, x, y))


@pytest.mark.parametrize("way", WAYS)
def test_tracking_compiles_nothing_anew(data, way):
    graphs = []

    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward

    model = compiled(Net(), way, backend)
    train(model, data, 2)
    before = len(graphs)
    with glow.Tracker(model, [SPEC], probe=data, every=1) as tracker:
        train(model, data, 3, tracker)
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        train(model, data, 3, tracker)
    assert len(graphs) == before


def test_a_compiled_module_that_is_not_the_tracked_one(data):
    model = Net()
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        called = torch.compile(model, backend="eager", fullgraph=True)
        with pytest.raises(glow.StateError, match="torch.compile"):
            train(called, data, 1, tracker)


# Errors, and what the plane knows


def test_errors_name_the_remedy(data):
    x, y = data
    model = Net()
    with pytest.raises(glow.ValueError, match="no evaluators: give some"):
        glow.Tracker(model, [], probe=data)
    with pytest.raises(TypeError, match="torch.nn.Module, not Sequential: .*to_torch"):
        glow.Tracker(glow.Sequential((3,)), [SPEC], probe=data)
    with pytest.raises(TypeError, match="not Linear: give an object, not the class"):
        glow.Tracker(nn.Linear, [SPEC], probe=data)
    with pytest.raises(glow.ValueError, match=r"x is \(48, 6\) and y has 40 rows"):
        glow.Tracker(model, [SPEC], probe=(x, y[:40]))
    with pytest.raises(glow.ValueError, match=r"a pair \(x, y\)"):
        glow.Tracker(model, [SPEC], probe=x)
    with pytest.raises(glow.ValueError, match="every is"):
        glow.Tracker(model, [SPEC], probe=data, every=0)
    with pytest.raises(glow.ValueError, match="batches is"):
        glow.Tracker(model, [SPEC], probe=data, batches=0)
    with pytest.raises(glow.ValueError, match="on says what the probe is of"):
        glow.Tracker(model, [SPEC], probe=data, on="batch")
    with pytest.raises(glow.ValueError, match="give probe="):
        glow.Tracker(model, [SPEC], on="test")
    with pytest.raises(glow.ValueError, match="tokens is"):
        glow.Tracker(model, [SPEC], probe=data, tokens="last")
    with pytest.raises(glow.ValueError, match="run it once"):
        glow.Tracker(nn.LazyLinear(3), [SPEC], probe=data)
    with pytest.raises(glow.ValueError, match="given twice"):
        glow.Tracker(model, [SPEC, SPEC], probe=data)
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        with pytest.raises(glow.StateError, match="no forward pass"):
            tracker.step(y)
        model(x)
        with pytest.raises(glow.StateError, match="needs the labels"):
            tracker.step()
        model(x)
        with pytest.raises(glow.ValueError, match=r"x is \(48, 6\) and y has 7 rows"):
            tracker.step(y[:7])
    assert hooks_of(model) == 0


def test_the_plane_is_as_that_of_ib_sequential(data, tmp_path):
    model = Net()
    with glow.Tracker(model, [SPEC], probe=data, on="validation", name="mine", every=2) as tracker:
        early = tracker.plane
        train(model, data, 4, tracker)
    plane = tracker.plane
    assert len(early) == 2 and len(plane) == 6  # a plane is what was measured when it was asked for
    assert plane.name == "mine"
    assert set(plane.columns["on"]) == {"validation"}
    assert plane._layers == [
        ("fc1", "Linear", "(8)", 56, True),
        ("fc2", "Linear", "(2)", 18, True),
        ("", "other parts", "", 16, False),
    ]
    assert "fc1" in str(plane) and "validation" in str(plane)
    plane.save_report(tmp_path / "report.html")
    assert "fc1" in (tmp_path / "report.html").read_text()
    assert repr(tracker) == "<Tracker of mine on validation: 4 updates>"
    assert pickle.loads(pickle.dumps(plane)).to_csv() == plane.to_csv()
