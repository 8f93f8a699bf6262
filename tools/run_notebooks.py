"""Runs the notebooks of examples/notebooks and stores what comes out of them.

    python tools/run_notebooks.py                     # all of them, in place
    python tools/run_notebooks.py getting_started     # one
    python tools/run_notebooks.py --check             # runs them, and writes nothing

Outputs are stored without what differs from machine to machine: times, paths, dates, and the states
of a progress bar before its last. Exit status 1: a cell failed, or what is stored is not fit to be
read.

It needs nbclient, nbformat and ipykernel, and glow and the data sets as every program does. Each
notebook runs in an empty folder, which is removed: what it writes stays out of this one.
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "notebooks"
LARGEST = 400_000  # bytes

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}

_BAR = re.compile(r"^\s*(\d+%\|.*\| \d+/\d+) \[.*\]$")
_PLACE = re.compile(r"[^\s|\]]*/[^\s|\]]+\.py:\d+: (?=\w+Warning: )")  # what warnings begin with
_ADDRESS = re.compile(r" at 0x[0-9a-f]+(?=>)")
_STYLE = re.compile(r"\bT_[0-9a-f]{5}(?:_|\b)")  # what pandas calls a styled table
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_DATE = re.compile(r"-\d{8}-\d{6}\b")
_PATH = re.compile(r"(?<![\w.:/])/(?:work|home|root|tmp|usr|opt|var|Users)\b")


def run(notebook: nbformat.NotebookNode, timeout: int = 600) -> nbformat.NotebookNode:
    """A copy with the outputs of a run in an empty folder. Throws where a cell fails."""
    with tempfile.TemporaryDirectory() as folder:
        executed = nbformat.from_dict(notebook)
        NotebookClient(
            executed,
            timeout=timeout,
            kernel_name=KERNEL["name"],
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        ).execute()
    return executed


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Take off what is of one machine and one moment."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    for number, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type != "code":
            continue
        others = [output for output in cell.outputs if output.output_type != "stream"]
        for data in (output.get("data", {}) for output in others):
            for kind in data.keys() & {"text/plain", "text/html"}:
                data[kind] = _STYLE.sub(f"T_{number}_", _ADDRESS.sub("", data[kind]))
        cell.outputs = _streams(cell.outputs) + others


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """Why the stored notebook is not fit to be read; empty where it is."""
    found = []
    text = nbformat.writes(notebook)
    if len(text.encode()) > LARGEST:
        found.append(f"{len(text.encode())} bytes, more than {LARGEST}")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("cells that were not run, or not in their order")
    outputs = [output for cell in code for output in cell.outputs]
    if any(output.output_type == "error" for output in outputs):
        found.append("an error among the outputs")
    if not any("image/png" in output.get("data", {}) for output in outputs):
        found.append("no figure")
    words = [_words(output) for output in outputs] + [cell.source for cell in notebook.cells]
    found += [f"an absolute path: {m.group()}" for m in map(_PATH.search, words) if m]
    return found


def _words(output) -> str:
    """All of an output that is text."""
    data = output.get("data", {})
    texts = [value for kind, value in data.items() if not kind.startswith("image/png")]
    return "\n".join([output.get("text", ""), *map(str, texts), *output.get("traceback", [])])


def _streams(outputs) -> list:
    """Warnings and words of the library first; then what was printed, with the finished bars."""
    runs: list[list[str]] = []
    for output in outputs:
        if output.output_type != "stream":
            continue
        if runs and runs[-1][0] == output.name:
            runs[-1][1] += output.text
        else:
            runs.append([output.name, output.text])
    said, printed = "", ""
    for name, text in runs:
        if name == "stdout":
            printed += text
            continue
        for line in _of_stderr(text):
            if _BAR.match(line):
                printed += _BAR.sub(r"\1\n", line)
            else:
                said += f"{line}\n"
    printed = re.sub(r"\n{3,}", "\n\n", printed).strip("\n")
    texts = {"stderr": said, "stdout": f"{printed}\n" if printed else ""}
    return [
        nbformat.v4.new_output("stream", name=name, text=_DATE.sub("-DATE", text))
        for name, text in texts.items()
        if text
    ]


def _of_stderr(text: str) -> list[str]:
    """The lines, as a terminal leaves them; of warnings not where they were given."""
    found = []
    after_warning = False
    # A warning goes on where the bar stands that it interrupts.
    for line in _PLACE.sub("\n\0", text).split("\n"):
        shown = [part for part in line.split("\r") if part.strip()]
        of_source = after_warning and line.startswith("  ")
        after_warning = line.startswith("\0")
        unfinished = shown and _BAR.match(shown[-1]) and "100%|" not in shown[-1]
        of_setup = shown and "TqdmWarning" in shown[-1]  # says that ipywidgets are not installed
        if shown and not (of_source or unfinished or of_setup):
            found.append(shown[-1].removeprefix("\0"))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="run them, and write nothing")
    parser.add_argument("names", nargs="*", metavar="NAME", help="all when absent")
    options = parser.parse_args()
    names = options.names or sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    failed = False
    for name in names:
        path = FOLDER / f"{name.removesuffix('.ipynb')}.ipynb"
        stored = nbformat.read(path, as_version=4)
        started = time.monotonic()
        try:
            executed = run(stored)
        except CellExecutionError as error:
            print(f"{path.name}: {_COLOUR.sub('', str(error))}", file=sys.stderr)
            failed = True
            continue
        tidy(executed)
        if not options.check:
            nbformat.write(executed, path)
            stored = executed
        wrong = faults(stored)
        failed |= bool(wrong)
        seconds = time.monotonic() - started
        size = path.stat().st_size / 1000
        print(f"{path.name}: {seconds:.0f} s, {size:.0f} kB", *wrong, sep="; ")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
