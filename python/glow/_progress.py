"""A progress bar a loop, as PyGlow draws them: lines on stdout, bars on stderr."""

import sys
import time
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # says that ipywidgets are not installed: a bar of text will do
    from tqdm.auto import tqdm


class Bars:
    """Called by the engine, at most ten times a second within a loop."""

    def __init__(self):
        # Nothing that moves where no terminal or notebook shows it: the finished bar alone.
        self._moving = sys.stderr.isatty() or "ipykernel" in sys.modules
        self._bar = None

    def epoch(self, epoch: int, epochs: int, batches: int) -> None:
        self._print("", f"Epoch {epoch}/{epochs}", "Training loop: ")
        self._open(batches)

    def training_end(self, done: int, logs: dict) -> None:
        self._finish(done)
        self._print(_line(logs))

    def validation(self, batches: int) -> None:
        self._print("Validation loop: ")
        self._open(batches)

    def epoch_end(self, done: int, logs: dict) -> None:
        validation = {k[4:]: v for k, v in logs.items() if k.startswith("val_")}
        if validation:
            self._finish(done)
            self._print(_line(validation))

    def advance(self, done: int) -> None:
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _open(self, batches: int) -> None:
        self._total = batches if batches >= 0 else None
        self._started = time.monotonic()
        if self._moving:
            self._bar = tqdm(total=self._total, mininterval=0)

    def _finish(self, done: int) -> None:
        if self._moving:
            self.advance(done)
            self.close()
        else:
            seconds = time.monotonic() - self._started
            text = tqdm.format_meter(done, self._total or done, seconds)
            print(text, file=sys.stderr, flush=True)

    @staticmethod
    def _print(*lines: str) -> None:
        print(*lines, sep="\n", flush=True)


def _line(logs: dict) -> str:
    shown = {k: v for k, v in logs.items() if k != "seconds" and not k.startswith("val_")}
    return " - ".join(f"{'acc' if k == 'accuracy' else k}: {v:.4f}" for k, v in shown.items())
