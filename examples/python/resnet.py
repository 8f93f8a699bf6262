"""A small residual network of plain torch on the information plane, while it learns Fashion-MNIST.

    python examples/python/resnet.py --steps 300

The network knows nothing of glow, and the training loop one line: tracker.step().
"""

import argparse
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import glow
from glow.datasets import fashion_mnist


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels_in: int, channels: int, stride: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Conv2d(channels_in, channels, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(out + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, classes: int = 10, width: int = 8):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, stride=2, padding=1)
        self.layer1 = Block(width, width)
        self.layer2 = Block(width, 2 * width, stride=2)
        self.layer3 = Block(2 * width, 4 * width, stride=2)
        self.fc = nn.Linear(4 * width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.layer3(self.layer2(self.layer1(F.relu(self.stem(x)))))
        return self.fc(x.mean((2, 3)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--out", type=Path, default=Path("runs/resnet"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    torch.manual_seed(0)
    train, _, test = fashion_mnist.load_data(batch_size=64)
    model = ResNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

    # Distance correlation, 1 at most, has no width to choose and takes layers of any size. On the
    # plane are the outputs of whole blocks, after their shortcuts.
    tracker = glow.Tracker(
        model,
        evaluators=["dcor(unbiased=true)"],
        layers="layer*|fc",
        probe=test.all(400),
        batches=len(train),
        on="test",
        name="resnet",
    )
    with tracker:
        while tracker.updates < options.steps:
            for x, y in train:
                loss = F.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                tracker.step()
                if tracker.updates == options.steps:
                    break

    print(tracker.plane)
    tracker.plane.save_report(options.out / "report.html")
    axes = tracker.plane.plot()
    axes.figure.savefig(options.out / "plane.png", dpi=150)
    print(f"report and figure are in {options.out}")


if __name__ == "__main__":
    main()
