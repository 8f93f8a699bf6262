"""Trackers of modules whose inputs and outputs are sequences, tuples and dicts."""

from collections import OrderedDict

import pytest
import torch
from torch import nn

import glow

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::glow.GlowWarning"),
]
SPEC = "hsic(sigma=2)"
N, T, D = 20, 5, 8


@pytest.fixture
def data():
    x = torch.randn(N, T, D)
    return x, (x.mean((1, 2)) > 0).long()


def generalization(t, y):
    y = nn.functional.one_hot(y, 2).float()
    return glow.information.estimator(SPEC).estimate(t.detach().flatten(1), y).value


def measured(model, probe, **options):
    """{name: generalization} of one probe, or of one batch where the probe is a (args, y) pair."""
    with glow.Tracker(model, [SPEC], probe=probe, **options) as tracker:
        pass
    rows = tracker.plane.columns
    return dict(zip(rows["name"], rows["generalization"], strict=True))


def as_batch(model, x, y, **options):
    with glow.Tracker(model, [SPEC], every=1, **options) as tracker:
        model(x)
        tracker.step(y)
    rows = tracker.plane.columns
    return dict(zip(rows["name"], rows["generalization"], strict=True))


# Positions


@pytest.mark.parametrize(
    ("tokens", "of"),
    [
        ("mean", lambda t: {"0": t.mean(1)}),
        ("flatten", lambda t: {"0": t}),
        ("each", lambda t: {f"0[{i}]": t[:, i] for i in range(T)}),
        (0, lambda t: {"0": t[:, 0]}),
        (-1, lambda t: {"0": t[:, -1]}),
    ],
)
def test_tokens(data, tokens, of):
    x, y = data
    model = nn.Sequential(nn.Linear(D, 3), nn.Tanh())
    t = model(x)
    expected = {name: generalization(value, y) for name, value in of(t).items()}
    assert measured(model, data, tokens=tokens) == pytest.approx(expected)
    assert as_batch(model, x, y, tokens=tokens) == pytest.approx(expected)


def test_each_token_is_a_layer_of_its_own(data):
    with glow.Tracker(nn.Linear(D, 3), [SPEC], probe=data, tokens="each") as tracker:
        pass
    assert tracker.plane.columns["layer"] == [1, 2, 3, 4, 5]
    assert [row[3] for row in tracker.plane._layers] == [27, 0, 0, 0, 0]


def test_a_position_that_is_not_there(data):
    with pytest.raises(glow.ValueError, match="linear gives 5 positions"):
        measured(nn.Linear(D, 3), data, tokens=7)


def test_maps_of_convolutions_are_taken_whole():
    x, y = torch.randn(N, 2, 6), torch.arange(N) % 2
    model = nn.Sequential(nn.Sequential(nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3)), nn.ReLU())
    model.eval()
    expected = generalization(model(x), y)
    assert measured(model, (x, y)) == pytest.approx({"0.0": expected})
    assert measured(model, (x, y), layers="0") == pytest.approx({"0": expected})
    images, conv = torch.randn(N, 1, 4, 4), nn.Conv2d(1, 2, 3)
    assert measured(conv, (images, y)) == pytest.approx({"conv2d": generalization(conv(images), y)})


# Outputs that are no tensor


class Recurrent(nn.Module):
    def __init__(self, kind=nn.LSTM, **options):
        super().__init__()
        self.rnn = kind(D, 4, batch_first=True, **options)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers(data, kind):
    x, y = data
    model = Recurrent(kind)
    expected = {
        "rnn": generalization(model.rnn(x)[0].mean(1), y),
        "head": generalization(model(x), y),
    }
    assert measured(model, data) == pytest.approx(expected)
    assert as_batch(model, x, y) == pytest.approx(expected)


def test_select(data):
    x, y = data
    model = Recurrent()

    def last_state(name, output):
        return output[1][0][-1] if name == "rnn" else None

    expected = {
        "rnn": generalization(model.rnn(x)[1][0][-1], y),
        "head": generalization(model(x), y),
    }
    assert measured(model, data, select=last_state) == pytest.approx(expected)


def test_a_cell_that_runs_once_a_position(data):
    class Unrolled(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.GRUCell(D, 3)

        def forward(self, x):
            h = None
            for i in range(x.shape[1]):
                h = self.cell(x[:, i], h)
            return h

    assert list(measured(Unrolled(), data)) == ["cell", "cell:2", "cell:3", "cell:4", "cell:5"]


@pytest.mark.parametrize("key", ["last_hidden_state", "logits", "out", "other"])
@pytest.mark.parametrize("kind", [dict, OrderedDict])
def test_dicts(data, key, kind):
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = Body()
            self.head = nn.Linear(3, 2)

        def forward(self, x):
            return self.head(self.body(x)[key].mean(1))

    class Body(nn.Linear):
        def __init__(self):
            super().__init__(D, 3)

        def forward(self, x):
            t = super().forward(x)
            # What comes first counts only where nothing has a name that is known.
            first = {"other": t} if key == "other" else {"attentions": torch.zeros(N, 3)}
            return kind({**first, key: t, "none": None})

    x, y = data
    model = Model()
    expected = generalization(model.body(x)[key].mean(1), y)
    assert measured(model, data)["body"] == pytest.approx(expected)


def test_arguments_by_position_and_name(data):
    class Model(nn.Module):
        main_input_name = "input_ids"

        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(7, D)
            self.head = nn.Linear(D, 2)

        def forward(self, attention_mask=None, input_ids=None, labels=None):
            t = self.embedding(input_ids) * attention_mask.unsqueeze(-1)
            return self.head(t.sum(1) / attention_mask.sum(1, keepdim=True))

    class Inputs(glow.Estimator):
        def criterion(self, t, x):
            return x.sum()

    ids, y = torch.randint(0, 7, (N, T)), torch.arange(N) % 2
    mask = torch.ones(N, T)
    named = {"attention_mask": mask, "input_ids": ids}
    model = Model()
    for probe in (named, (mask, ids)):
        with glow.Tracker(model, [SPEC, Inputs()], probe=(probe, y)) as tracker:
            pass
        x = tracker.plane.columns["complexity"][-1]
        # X is what the model says its main input is, where it says so, else the first tensor.
        assert x == (ids.sum() if probe is named else mask.sum())
    with glow.Tracker(model, [SPEC], every=1) as tracker:
        model(**named)
        tracker.step(y)
    assert tracker.plane.layers == ["embedding", "head"]


def test_a_mask_is_not_the_input(data):
    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(D, 2)

        def forward(self, mask, x):
            return self.fc(x * mask)

    x, y = data
    with glow.Tracker(Masked(), ["cka"], probe=((x > 0, x), y), tokens="flatten") as masked:
        pass
    assert len(masked.plane) == 1
    with pytest.raises(glow.ValueError, match="no tensor of numbers"):
        glow.Tracker(Masked(), ["cka"], probe=((x > 0, None), y))


# Positions before examples


def test_time_first(data):
    x, y = data
    model = nn.LSTM(D, 4)
    expected = generalization(model(x.transpose(0, 1))[0].mean(0), y)
    assert measured(model, (x.transpose(0, 1), y)) == pytest.approx({"lstm": expected})


def test_time_first_in_a_square(data):
    # As many positions as examples: only the modules' own word tells them apart.
    x, y = torch.randn(N, N, D), data[1]

    class Turning(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.TransformerEncoderLayer(D, 2, 16)
            self.head = nn.Linear(D, 2)

        def forward(self, x):
            return self.head(self.layer(x.transpose(0, 1)).transpose(0, 1))

    model = Turning().eval()
    with torch.no_grad():
        inside = model.layer(x.transpose(0, 1)).transpose(0, 1)
        out = model.head(inside)
    found = measured(model, (x, y), layers="layer|head|layer.linear1")
    assert found["layer"] == pytest.approx(generalization(inside.mean(1), y), rel=1e-4)
    assert found["head"] == pytest.approx(generalization(out.mean(1), y), rel=1e-4)


# Transformers


class Transformer(nn.Module):
    def __init__(self, batch_first=True):
        super().__init__()
        self.embedding = nn.Embedding(7, D)
        self.position = nn.Embedding(T, D)
        layer = nn.TransformerEncoderLayer(D, 2, 16, batch_first=batch_first)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(D, 2)

    def forward(self, x, padding=None):
        t = self.embedding(x) + self.position(torch.arange(x.shape[1]))
        return self.head(self.encoder(t, src_key_padding_mask=padding).mean(1))


def test_a_transformer(data):
    ids, y = torch.randint(0, 7, (N, T)), data[1]
    model = Transformer()
    taken = {}
    for name in ("encoder.layers.0", "encoder.layers.1.linear1"):
        model.get_submodule(name).register_forward_hook(
            lambda m, a, out, name=name: taken.update({name: out.detach().clone()})
        )
    with pytest.warns(glow.GlowWarning, match="position is left out: it gives .5, 8. for 20"):
        found = measured(model, (ids, y))
    assert list(found) == [
        "embedding",
        "encoder.layers.0.self_attn",
        "encoder.layers.0.linear1",
        "encoder.layers.0.linear2",
        "encoder.layers.1.self_attn",
        "encoder.layers.1.linear1",
        "encoder.layers.1.linear2",
        "head",
    ]
    linear1 = generalization(taken["encoder.layers.1.linear1"].mean(1), y)
    assert found["encoder.layers.1.linear1"] == pytest.approx(linear1)
    found = measured(model, (ids, y), layers="encoder.layers.?")
    expected = generalization(taken["encoder.layers.0"].mean(1), y)
    assert found["encoder.layers.0"] == pytest.approx(expected)


def test_padded_sequences_in_evaluation_mode():
    # Where torch would nest padded batches and run past the parts of its layers.
    ids, y = torch.randint(0, 7, (N, T)), torch.arange(N) % 2
    padding = torch.zeros(N, T, dtype=torch.bool)
    padding[:, 3:] = True
    fast = torch.backends.mha.get_fastpath_enabled()
    found = measured(Transformer(), ((ids, padding), y), layers="encoder.layers.*linear?|head")
    assert len(found) == 5
    assert torch.backends.mha.get_fastpath_enabled() is fast


def test_what_has_no_row_an_example_is_left_out_and_said_in_the_report(data):
    ids, y = torch.randint(0, 7, (N, T)), data[1]
    model = Transformer()
    with glow.Tracker(model, [SPEC], layers="position|head", probe=(ids, y)) as tracker:
        tracker.step()
    assert tracker.plane.layers == ["head"]
    assert tracker.plane._warnings[0].startswith("position is left out")
    with pytest.raises(glow.ValueError, match="nothing to measure: position is left out"):
        glow.Tracker(model, [SPEC], layers="position", probe=(ids, y))
    with pytest.raises(glow.ValueError, match="out_proj did not run"):
        glow.Tracker(model, [SPEC], layers="encoder.layers.0.self_attn.out_proj", probe=(ids, y))
