"""The same steps in eager Python PyTorch, and tracked by PyGlow 0.1.7 itself; prints JSON."""

import contextlib
import io
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn


def documentation_network():
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Dropout(0.4)),
        *(nn.Linear(16 * 28 * 28, 500), nn.ReLU(), nn.Dropout(0.4)),
        *(nn.Linear(500, 200), nn.ReLU(), nn.Dropout(0.2), nn.Linear(200, 10)),
    )


def tanh_network():
    layers = []
    for a, b in zip((12, 10, 7, 5, 4), (10, 7, 5, 4, 3), strict=True):
        layers += [nn.Linear(a, b), nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(3, 2))


class Clocked(list):
    """Batches that note when each was asked for: what lies between is a step."""

    def __iter__(self):
        self.times = []
        for batch in super().__iter__():
            self.times.append(time.perf_counter())
            yield batch
        self.times.append(time.perf_counter())


def pyglow_step_ms(x, y, steps):
    # Its package has the name of ours, so it lives in a folder of its own.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "build" / "pyglow"))
    from glow.information_bottleneck.estimator import HSIC
    from glow.layers import Conv2d, Dense, Dropout, Flatten
    from glow.models import IBSequential

    batches = Clocked([(x, y)] * steps)
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        model = IBSequential(input_shape=(1, 28, 28), gpu=False, track_dynamics=True)
        model.add(Conv2d(filters=16, kernel_size=3, stride=1, padding=1, activation="relu"))
        model.add(Flatten())
        model.add(Dropout(0.4))
        model.add(Dense(500, activation="relu"))
        model.add(Dropout(0.4))
        model.add(Dense(200, activation="relu"))
        model.add(Dropout(0.2))
        model.add(Dense(10, activation="softmax"))
        model.compile(optimizer="SGD", loss="cross_entropy", metrics=["accuracy"])
        model.attach_evaluator(HSIC(kernel="gaussian", gpu=False, sigma=5))
        model.fit_generator(batches, [(x, y)], 1)
    steps = zip(batches.times[:-1], batches.times[1:], strict=True)
    return statistics.median((end - start) * 1e3 for start, end in steps)


def step_ms(model, optimizer, x, y, steps):
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        out = model(x)
        loss = nn.functional.cross_entropy(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        (out.argmax(1) == y).float().mean().item()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main():
    threads = torch.get_num_threads()
    x, y = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
    model = documentation_network()
    sgd = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.95)
    result = {
        "documentation_ms": step_ms(model, sgd, x, y, 100),
        "documentation_pyglow_ms": pyglow_step_ms(x, y, 7),
    }
    torch.set_num_threads(1)
    x, y = torch.randint(0, 2, (512, 12)).float(), torch.randint(0, 2, (512,))
    model = tanh_network()
    adam = torch.optim.Adam(model.parameters(), lr=4e-4)
    result["tanh_ms"] = step_ms(model, adam, x, y, 3000)
    result["threads"] = threads
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
