"""What is let go is gone: the collector sees no cycle that runs through the engine."""

import gc
import weakref

import pytest
import torch
from torch import nn

import glow

pytestmark = pytest.mark.filterwarnings("ignore::glow.GlowWarning")


def let_go(made) -> bool:
    ref = weakref.ref(made.pop())
    gc.collect()
    return ref() is None


def network_with_functions_that_refer_to_it(data):
    model = glow.IBSequential((12,))
    model.add(glow.layers.Dense(2, activation="softmax"))

    def loss(prediction, target):
        return nn.functional.nll_loss(prediction.log(), target) * len(model.layers)

    def metric(y_true, y_pred):
        return float(len(model.layers))

    class Criterion(glow.Estimator):
        def criterion(self, x, y):
            return x.mean() * len(model.layers)

    model.compile("adam", loss, [metric])
    model.attach_evaluator(Criterion())
    model.fit(*data, verbose=0)
    return model


def test_a_network_with_functions_that_refer_to_it(data):
    assert let_go([network_with_functions_that_refer_to_it(data)])


def test_a_watched_module(data):
    module = nn.Sequential(nn.Linear(12, 4), nn.Tanh(), nn.Linear(4, 2))
    tracker = glow.Tracker(module, ["hsic"], probe=data, every=1)
    tracker.step()
    tracker.close()
    glow.trace(module, [module.state_dict()], data, evaluators=["hsic"])
    made = [module]
    del module, tracker
    assert let_go(made)


def test_shared_parameters_are_updated_once(data):
    x = torch.randn(8, 4)
    shared = nn.Linear(4, 4)
    model = glow.Sequential((4,))
    model.add(nn.Sequential(shared, nn.Tanh()))
    model.add(nn.Sequential(shared))
    model.compile("SGD(learning_rate=0.1, momentum=0)", "mse")
    twin = nn.Sequential(nn.Sequential(shared, nn.Tanh()), nn.Sequential(shared))
    nn.functional.mse_loss(twin(x), x).backward()
    expected = shared.weight.detach() - 0.1 * shared.weight.grad
    shared.zero_grad()
    model.fit(x, x, batch_size=8, shuffle=False, verbose=0)
    torch.testing.assert_close(shared.weight.detach(), expected)
    assert model.parameter_count() == 20


def test_one_network_trains_in_one_thread(data, make_model):
    import threading

    model, said = make_model(), []

    class Wait(glow.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if not said:
                other = threading.Thread(target=self.meddle)
                other.start()
                other.join()

        def meddle(self):
            for act in (lambda: model.fit(*data, verbose=0), lambda: model.compile("SGD")):
                with pytest.raises(glow.StateError, match="in another thread"):
                    act()
                said.append(True)

    model.fit(*data, verbose=0, callbacks=[Wait()])
    assert said == [True, True]
