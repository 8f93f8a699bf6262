"""Loaders: batches of the engine for Python, and iterables for the engine."""

import numpy as np
import pytest
import torch

import glow
from glow.datasets import Loader, as_source, load_data, loaders


def test_szt_in_batches():
    train, validation, test = glow.datasets.szt.load_data(batch_size=512, validation_split=0.25)
    assert (len(train), len(validation), len(test)) == (6, 2, 0)
    assert train.classes == 2 and train.size == 3072 and train.batch_size == 512
    assert sum(len(y) for _, y in train) == 3072
    assert "szt: 3072 examples in 6 batches" in repr(train)
    assert list(test) == []


def test_iterators_do_not_disturb_each_other():
    loader, _ = loaders(np.arange(20.0)[:, None], np.arange(20) % 2, batch_size=5)
    first, second = iter(loader), iter(loader)
    seen = [torch.cat([x for x, _ in zip_of]) for zip_of in (list(first), list(second))]
    for x in seen:
        assert sorted(x.flatten().tolist()) == list(range(20))
    assert not torch.equal(*seen)  # each in an order of its own


def test_a_probe_is_the_same_every_time():
    loader, _ = loaders(np.arange(50.0)[:, None], np.arange(50) % 2, batch_size=5)
    assert torch.equal(loader.all(10)[0], loader.all(10)[0])
    assert len(loader.all()[0]) == 50


def test_options_by_name():
    with pytest.raises(ValueError, match="did you mean 'mnist'"):
        load_data("mnst")
    with pytest.raises(ValueError, match="did you mean 'limit'"):
        load_data("szt", limitt=3)
    with pytest.raises(ValueError, match="batch_size"):
        load_data("szt", batch_size=0)


def test_ones_own_files(tmp_path):
    np.savez(tmp_path / "own.npz", x=np.random.rand(30, 4).astype("f4"), y=np.arange(30) % 3)
    train, _, _ = load_data("npz", 10, path=str(tmp_path / "own.npz"))
    assert train.classes == 3 and len(train) == 3


def test_classes_of_foreign_batches():
    x, y = torch.randn(8, 4), torch.tensor([0, 1] * 4)
    model = glow.Sequential((4,))
    model.add(glow.layers.Dense(3))
    assert as_source([(x, y)], model).classes == 3  # as many as the network tells apart

    class Named(torch.utils.data.TensorDataset):
        classes = ("a", "b", "c", "d", "e")

    assert as_source(torch.utils.data.DataLoader(Named(x, y)), model).classes == 5


def test_a_loader_is_what_fit_generator_takes(data, make_model):
    train, validation = loaders(*data, batch_size=60, validation_split=0.25)
    assert isinstance(train, Loader)
    history = make_model().fit_generator(train, validation, 2, verbose=0)
    assert len(history.history["val_loss"]) == 2
