"""A tiny transformer on the information plane, while it learns which of two tokens is the majority.

python examples/python/transformer.py --steps 400
"""

import argparse

import torch
from torch import nn
from torch.nn import functional as F

import glow


class Transformer(nn.Module):
    """Classifies sequences of tokens (n, t) by a token of its own that it puts before them."""

    def __init__(self, tokens: int = 3, length: int = 15, width: int = 16, classes: int = 2):
        super().__init__()
        self.embedding = nn.Embedding(tokens + 1, width)
        self.positions = nn.Parameter(torch.randn(length + 1, width) / width**0.5)
        layer = nn.TransformerEncoderLayer(width, 2, 32, dropout=0.1, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
        self.head = nn.Linear(width, classes)
        self.own = tokens

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        own = torch.full((len(x), 1), self.own)
        t = self.embedding(torch.cat([own, x], 1)) + self.positions
        return self.head(self.encoder(t)[:, 0])


def sequences(n: int, length: int = 15) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens 0, 1 and 2 (n, length), and whether there are more of 1 than of 0."""
    x = torch.randint(0, 3, (n, length))
    return x, ((x == 1).sum(1) > (x == 0).sum(1)).long()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()

    torch.manual_seed(0)
    model = Transformer()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)

    # Of each encoder layer only the token that the answer is read from, position 0.
    with glow.Tracker(
        model,
        evaluators=["dcor(unbiased=true)", "kde"],
        layers="encoder.layers.?|head",
        probe=sequences(500),
        tokens=0,
        on="test",
        unit="bits",
        name="transformer",
    ) as tracker:
        for step in range(1, options.steps + 1):
            x, y = sequences(128)
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            tracker.step()
            if step % 100 == 0:
                print(f"step {step}: loss {loss.item():.3f}")

    print(tracker.plane)


if __name__ == "__main__":
    main()
