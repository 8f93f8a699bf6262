"""The same steps in eager Python PyTorch, and tracked as PyGlow 0.1.7 does it; prints JSON.

PyGlow's criterion is computed in its form: an (m, m, d) array, two products of m x m matrices.
"""

import json
import statistics
import sys
import time

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


def hsic_as_pyglow(x, y, sigma=5.0):
    def gram(z):
        differences = z.unsqueeze(0) - z.unsqueeze(1)  # (m, m, d)
        return torch.exp(-(differences**2).sum(2) / (2 * sigma**2))

    m = x.shape[0]
    h = torch.eye(m) - 1 / m
    return torch.trace(gram(x) @ h @ gram(y) @ h) / (m - 1)


def step_ms(model, optimizer, x, y, steps, tracked=False):
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        out, hidden = x, []
        for layer in model:
            out = layer(out)
            hidden.append(out)
        loss = nn.functional.cross_entropy(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        (out.argmax(1) == y).float().mean().item()
        if tracked:
            with torch.no_grad():
                for t in hidden:
                    flat = t.detach().flatten(1)
                    hsic_as_pyglow(x.flatten(1), flat)
                    hsic_as_pyglow(out.detach(), flat)
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main():
    threads = torch.get_num_threads()
    x, y = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
    model = documentation_network()
    sgd = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.95)
    result = {
        "documentation_ms": step_ms(model, sgd, x, y, 100),
        "documentation_pyglow_ms": step_ms(model, sgd, x, y, 5, tracked=True),
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
