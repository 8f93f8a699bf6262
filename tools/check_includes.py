"""Fails on an include that the table of rooms in docs/architecture.md does not allow."""

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


def main() -> int:
    files = [p for p in sorted((ROOT / "glow").glob("*/*")) if p.suffix in (".h", ".cpp")]
    found = [fault for path in files for fault in faults(path)]
    print("\n".join(found) or f"includes: {len(files)} files keep to their rooms")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
