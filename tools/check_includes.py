"""Fails on an include that the table of rooms in docs/architecture.md does not allow, and on a type
name that two headers define: the linker would take one's functions for the other's, unseen."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "core": set(),
    "io": {"core"},
    "information": {"core"},
    "theory": {"core", "information"},
    "datasets": {"core", "io"},
    "layers": {"core", "information"},
    "training": {"core", "io", "information", "datasets"},
    "dynamics": {"core", "io", "information", "datasets", "training"},
    "models": {"core", "io", "information", "datasets", "layers", "training", "dynamics"},
    "report": {"core", "io", "information", "training", "dynamics"},
    "run": {
        *("core", "io", "information", "datasets", "layers"),
        *("training", "dynamics", "models", "report"),
    },
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def faults(path: Path) -> list[str]:
    room = path.relative_to(ROOT / "glow").parts[0]
    allowed = ROOMS[room] | {room}
    found = []
    for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
        parts = include.split("/")
        if parts[0] == "glow" and len(parts) > 2 and parts[1] not in allowed:
            found.append(f"{path.relative_to(ROOT)}: {room} may not include {include}")
        if path.suffix == ".h" and include in ("torch/torch.h", "torch/all.h"):
            found.append(f"{path.relative_to(ROOT)}: {include} costs seconds in every file")
    return found


TYPE = re.compile(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: :[^;]*)? \{$", re.MULTILINE)


def twice_defined(files: list[Path]) -> list[str]:
    seen: dict[str, Path] = {}
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".h" or "namespace glow {" not in text:
            continue
        for name in TYPE.findall(text):
            if name in seen:
                found.append(f"{path.relative_to(ROOT)}: {name} is {seen[name].name}'s too")
            seen[name] = path
    return found


def main() -> int:
    files = [p for p in sorted((ROOT / "glow").glob("*/*")) if p.suffix in (".h", ".cpp")]
    found = [fault for path in files for fault in faults(path)] + twice_defined(files)
    print("\n".join(found) or f"includes: {len(files)} files keep to their rooms")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
