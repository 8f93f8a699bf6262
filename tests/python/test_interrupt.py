"""Ctrl-C stops the engine within one step, and Python says so."""

import pytest

PROGRAM = """
import os, signal, sys, threading, time
import torch, glow

def interrupt():
    time.sleep(0.7)
    global sent
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)

x, y = torch.randn(2000, 1, 28, 28), torch.randint(0, 10, (2000,))
model = glow.IBSequential((1, 28, 28), save_dynamics=True)
model.add(glow.layers.Flatten())
model.add(glow.layers.Dense(300, activation="relu"))
model.add(glow.layers.Dense(10, activation="softmax"))
model.compile("SGD", "cross_entropy", ["accuracy"])
model.attach_evaluator("hsic")
module = glow.Sequential((1, 28, 28))
for part in (torch.nn.Flatten(), torch.nn.Linear(784, 2000), torch.nn.Linear(2000, 10)):
    module.add(part)
module.train()
work = {
    "fit": lambda: model.fit(x, y, epochs=1000, verbose=0),
    "bars": lambda: model.fit(x, y, epochs=1000, verbose=1),
    "module": lambda: [module.predict(x) for _ in range(1000)],
    "pairs": lambda: model.fit_generator([(x[:64], y[:64])] * 100, None, 1000, verbose=0),
    "estimate": lambda: glow.information.ksg(torch.randn(300000, 6), torch.randn(300000, 6)),
}[sys.argv[1]]
threading.Thread(target=interrupt, daemon=True).start()
try:
    work()
    print("RAN TO ITS END")
except KeyboardInterrupt:
    print("STOPPED", time.monotonic() - sent < 5)
if sys.argv[1] in ("fit", "bars", "pairs"):
    assert len(model.history.epoch) == len(model.history.history.get("loss", []))
    saved = glow.read_plane(model.folder)
    print("ROWS", len(model.plane) > 0, len(saved) == len(model.plane))
print("AGAIN", model.fit(x[:64], y[:64], verbose=0).epoch)  # nothing of the stop is left
"""


@pytest.mark.parametrize("work", ["fit", "bars", "module", "pairs", "estimate"])
def test_ctrl_c(run_python, work):
    out = run_python(PROGRAM, work).stdout
    assert "STOPPED True" in out
    assert work in ("estimate", "module") or "ROWS True True" in out
    assert "AGAIN [0]" in out
