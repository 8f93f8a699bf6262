"""The plane of a training that is over, from its checkpoints."""

import sys

import pytest
import torch
from torch import nn

import glow

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::glow.GlowWarning"),
]
SPEC = "hsic(sigma=2)"


@pytest.fixture
def data():
    x = torch.randn(30, 6)
    return x, (x[:, 0] > 0).long()


def make():
    return nn.Sequential(
        nn.Linear(6, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(), nn.Linear(4, 2)
    )


@pytest.fixture
def states():
    return [make().state_dict() for _ in range(3)]


def complexities(plane):
    return plane.columns["complexity"]


def by_hand(states, data):
    x, out = data[0], []
    model = make().eval()
    for state in states:
        model.load_state_dict(state)
        with torch.no_grad():
            for t in (model[2](model[1](model[0](x))), model(x)):
                out.append(glow.information.estimator(SPEC).estimate(t, x).value)
    return out


def test_state_dicts(states, data):
    model = make()
    own = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model[3].eval()
    generators = torch.get_rng_state()
    plane = glow.trace(model, states, data, [SPEC], on="test", name="mine")
    assert torch.equal(torch.get_rng_state(), generators)
    assert isinstance(plane, glow.Plane)
    assert plane.name == "mine"
    assert plane.layers == ["0", "4"]
    assert complexities(plane) == pytest.approx(by_hand(states, data))
    columns = plane.columns
    assert columns["epoch"] == columns["step"] == [0, 0, 1, 1, 2, 2]
    assert set(columns["on"]) == {"test"} and set(columns["mode"]) == {"eval"}
    # The model is as it was.
    assert all(torch.equal(tensor, own[name]) for name, tensor in model.state_dict().items())
    assert [part.training for part in model] == [True, True, True, False, True]


def test_by_epoch_in_order_of_epochs(states, data):
    plane = glow.trace(make(), dict(zip((100, 0, 10), states, strict=True)), data, [SPEC])
    assert plane.columns["epoch"] == [0, 0, 10, 10, 100, 100]
    expected = by_hand([states[1], states[2], states[0]], data)
    assert complexities(plane) == pytest.approx(expected)
    (drawn,) = plane._planes()
    assert drawn["layers"][0]["mean"]["epoch"].tolist() == [0, 10, 100]


def test_a_generator_of_checkpoints(states, data):
    plane = glow.trace(make(), (state for state in states), data, [SPEC], layers="4")
    assert plane.columns["epoch"] == [0, 1, 2]


def test_the_same_as_a_tracker(data):
    x, y = data
    model, states = make(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    with glow.Tracker(model, [SPEC, "binned"], probe=data, every="epoch") as tracker:
        states.append({k: v.clone() for k, v in model.state_dict().items()})
        for _ in range(3):
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            tracker.step()
            tracker.end_epoch()
            states.append({k: v.clone() for k, v in model.state_dict().items()})
    plane = glow.trace(make(), states, data, [SPEC, "binned"])
    assert plane.to_csv() == tracker.plane.to_csv()


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".ckpt", ".safetensors"])
def test_files(states, data, suffix, tmp_path):
    paths = [tmp_path / f"{i}{suffix}" for i in range(3)]
    for path, state in zip(paths, states, strict=True):
        if suffix == ".safetensors":
            pytest.importorskip("safetensors.torch").save_file(state, path)
        else:
            torch.save(state, path)
    given = [str(paths[0]), *paths[1:]]
    assert complexities(glow.trace(make(), given, data, [SPEC])) == pytest.approx(
        by_hand(states, data)
    )


@pytest.mark.parametrize("nest", ["state_dict", "model_state_dict", "model"])
@pytest.mark.parametrize("prefix", ["", "model.", "_orig_mod.", "module.net."])
def test_weights_inside_of_checkpoints(states, data, nest, prefix, tmp_path):
    others = {"loss.weight": torch.ones(3)} if prefix else {}
    checkpoints = [
        {"epoch": 3, "optimizer": {"lr": 0.1}, nest: {**others, **_prefixed(state, prefix)}}
        for state in states
    ]
    torch.save(checkpoints[0], tmp_path / "0.ckpt")
    plane = glow.trace(make(), [tmp_path / "0.ckpt", *checkpoints[1:]], data, [SPEC])
    assert complexities(plane) == pytest.approx(by_hand(states, data))


def _prefixed(state, prefix):
    return {prefix + name: tensor for name, tensor in state.items()}


def test_a_compiled_model(states, data):
    model = make()
    own = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    plane = glow.trace(torch.compile(model, backend="eager"), states, data, [SPEC])
    assert complexities(plane) == pytest.approx(by_hand(states, data))
    assert all(torch.equal(tensor, own[name]) for name, tensor in model.state_dict().items())


def test_the_model_is_restored_after_an_error(states, data, tmp_path):
    model = make()
    own = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    wrong = {**states[1], "4.weight": torch.zeros(3, 4)}  # the rest of it is copied before it fails
    with pytest.raises(glow.ValueError, match="checkpoint 1 does not fit the model"):
        glow.trace(model, [states[0], wrong], data, [SPEC])
    assert all(torch.equal(tensor, own[name]) for name, tensor in model.state_dict().items())
    assert all(not part._forward_hooks for part in model.modules())
    with pytest.raises(glow.ValueError, match="checkpoint 0 does not fit the model"):
        glow.trace(model, [{"0.weight": torch.zeros(4, 6)}], data, [SPEC])


def test_errors_name_the_remedy(states, data, tmp_path):
    model = make()
    with pytest.raises(glow.ValueError, match="a single state dict goes into a list"):
        glow.trace(model, states[0], data, [SPEC])
    with pytest.raises(TypeError, match="goes into a list"):
        glow.trace(model, "weights.pt", data, [SPEC])
    with pytest.raises(glow.ValueError, match="no checkpoints"):
        glow.trace(model, [], data, [SPEC])
    with pytest.raises(glow.DataError, match="checkpoint 0 is no state dict but list"):
        glow.trace(model, [[1, 2]], data, [SPEC])
    with pytest.raises(FileNotFoundError):
        glow.trace(model, [tmp_path / "none.pt"], data, [SPEC])
    torch.save(make(), tmp_path / "whole.pt")
    with pytest.raises(glow.DataError, match="whole.pt holds more than weights.*weights_only"):
        glow.trace(model, [tmp_path / "whole.pt"], data, [SPEC])


def test_safetensors_is_asked_for_in_words(states, data, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)
    with pytest.raises(ImportError, match="pip install safetensors"):
        glow.trace(make(), ["0.safetensors"], data, [SPEC])
