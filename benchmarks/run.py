"""Runs every benchmark and prints figures beside their peers', measured in this run."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "bin"


def counters(name):
    command = [str(BIN / name), "--benchmark_format=json"]
    report = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return {b["name"].split("/")[0]: b for b in report["benchmarks"]}


def training():
    ours = counters("training_bench")
    command = [sys.executable, str(ROOT / "benchmarks" / "training_in_python.py")]
    peer = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    documentation, tanh = ours["documentation_step"], ours["tanh_step"]
    tracked, step = documentation["tracked_ms"], documentation["step_ms"]
    print("training, a step: medians in milliseconds")
    print(f"  documentation's network, batch 64           {step:8.2f}")
    print(
        f"  the same with HSIC of every layer           {tracked:8.2f}  {tracked / step:.3f} times"
    )
    print(
        f"  the same in eager Python PyTorch            {peer['documentation_ms']:8.2f}  "
        f"ours {step / peer['documentation_ms']:.2f} times"
    )
    print(
        f"  the same tracked by PyGlow 0.1.7            {peer['documentation_pyglow_ms']:8.1f}  "
        f"{peer['documentation_pyglow_ms'] / tracked:.0f} times ours"
    )
    print(f"  tanh network, batch 512, Adam, one thread   {tanh['step_ms']:8.3f}")
    print(
        f"  the same in eager Python PyTorch            {peer['tanh_ms']:8.3f}  "
        f"{peer['tanh_ms'] / tanh['step_ms']:.1f} times ours"
    )


def main():
    training()
    for name in (
        "hsic_bench",
        "binned_bench",
        "kernel_bench",
        "ksg_bench",
        "kde_bench",
        "discrete_bench",
        "edge_bench",
        "loader_bench",
    ):
        print(f"\n{name}", flush=True)
        subprocess.run([str(BIN / name), "--benchmark_counters_tabular=true"], check=True)
    print(flush=True)
    subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "step_through_python.py")], check=True
    )
    print("\nestimators beside their peers", flush=True)
    subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "estimators_vs_peers.py")], check=True
    )


if __name__ == "__main__":
    main()
