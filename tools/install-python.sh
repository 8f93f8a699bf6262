#!/usr/bin/env bash
# Makes .venv with the pinned torch and all that tests and benchmarks import.
set -euo pipefail

[ -x .venv/bin/python ] || "${PYTHON:-python3}" -m venv .venv
echo "setup: Python packages into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
.venv/bin/python - << 'EOF'
import torch

if torch.version.cuda:
    print(f"setup: torch {torch.__version__} is the GPU build; glow is built with it")
EOF
