#!/usr/bin/env python3
"""Training steps of bench/kernels.ordo in Ordo and PyTorch (eager, torch.compile), taken in turns in one run.

usage: speed.py ORDO [--models lstm,transformer,reward] [--threads 1,2] [--precision f32,bf16] [--rounds N] [--steps N]
                [--no-compile] [--python FILE]

Each number is the fastest step of all rounds, in brackets the median of the rounds' medians (of Ordo: means). On a busy machine only the
fastest say something. The peers are bench/peers/models_torch.py, which wait while others run; FILE is a Python with torch. It stops when a
peer has another number of weights. "limit": the time of the step's products at the machine's rate of fused
multiply-adds in f32 (bench/fma_peak.c), measured in each round, and Ordo's share of it.
"""

import argparse
import json
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
# Weights that the peer has besides: the bias that torch.nn.LSTM has twice; less the head of the reward model's trunk, which nobody uses.
BESIDES = {"lstm": 1024, "reward": -256 * 8000}


def ordo_step(command, model, threads, precision, steps, *more):
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([command, "train", str(HERE / "kernels.ordo"), model, "--steps", str(steps), "--threads", str(threads),
                              "--precision", precision, "--out", folder, *more], capture_output=True, text=True, check=True)
        with open(pathlib.Path(folder) / "checkpoint.safetensors", "rb") as f:
            header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
    weights = 0
    for name, value in header.items():
        if name != "__metadata__" and ".adam." not in name:
            n = 1
            for extent in value["shape"]:
                n *= extent
            weights += n
    return out.stdout + out.stderr, weights


def products(command, model):
    """Multiplications of a step's products, by its profile."""
    text, weights = ordo_step(command, model, 1, "f32", 1, "--profile")
    flops = 0
    for calls, m, k, n, times in re.findall(r"^ *[\d.]+% +[\d.]+ +(\d+) .*? (\d+) x (\d+) x (\d+)(?:, (\d+) times)?$", text, re.M):
        flops += 2 * int(calls) * int(m) * int(k) * int(n) * int(times or 1)
    return flops, weights


class Ordo:
    def __init__(self, command, model, threads, precision):
        self.of = command, model, threads, precision

    def run(self, steps):
        report = json.loads(ordo_step(*self.of, steps, "--json", "--quiet")[0])
        return report["fastest_step"], report["seconds_per_step"]

    def close(self):
        pass


class Torch:
    def __init__(self, python, model, mode, precision, threads):
        self.process = subprocess.Popen([python, str(HERE / "peers" / "models_torch.py"), model, mode, precision, str(threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline().split()
        if line[:1] != ["ready"]:
            raise RuntimeError(f"{model}, {mode}: PyTorch did not start")
        self.weights = int(line[1])

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        fastest, median, _ = self.process.stdout.readline().split()
        return float(fastest), float(median)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def peak(threads, program):
    return max(float(w) for w in re.findall(r"[\d.]+", subprocess.run([program, str(threads)], capture_output=True, text=True).stdout))


def measured(a, model, threads, precision, fma):
    flops, weights = products(a.ordo, model)
    who = {"Ordo": Ordo(a.ordo, model, threads, precision), "PyTorch": Torch(a.python, model, "eager", precision, threads)}
    if not a.no_compile:
        who["torch.compile"] = Torch(a.python, model, "compile", precision, threads)
    for name, peer in who.items():
        if name != "Ordo" and peer.weights - BESIDES.get(model, 0) != weights:
            sys.exit(f"{model}: {name} has {peer.weights} weights, Ordo {weights}")
    times, rates = {name: [] for name in who}, []
    for _ in range(a.rounds):
        rates.append(peak(threads, fma))
        for name, peer in who.items():
            times[name].append(peer.run(a.steps))
    for peer in who.values():
        peer.close()
    best = {name: min(f for f, _ in t) for name, t in times.items()}
    usual = {name: statistics.median(m for _, m in t) for name, t in times.items()}
    cells = [f"{1e3 * best['Ordo']:.1f} ({1e3 * usual['Ordo']:.0f})"]
    for name in ("PyTorch", "torch.compile"):
        cells.append(f"{1e3 * best[name]:.1f} ({1e3 * usual[name]:.0f}), {best[name] / best['Ordo']:.2f}x" if name in best else "-")
    limit = flops / max(rates) / 1e9
    share = f"{1e3 * limit:.1f}, {100 * limit / best['Ordo']:.0f} %" if precision == "f32" else "-"
    return f"| {model} | {weights / 1e6:.1f} M | {threads} | {precision} | {' | '.join(cells)} | {share} |"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("ordo")
    p.add_argument("--models", default="lstm,transformer,reward")
    p.add_argument("--threads", default="1,2")
    p.add_argument("--precision", default="f32,bf16")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--steps", type=int, default=4)
    p.add_argument("--python", default=sys.executable)
    p.add_argument("--no-compile", action="store_true")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fma = folder + "/fma_peak"
        subprocess.run(["cc", "-O3", "-march=native", "-mprefer-vector-width=512", "-pthread", str(HERE / "fma_peak.c"), "-o", fma], check=True)
        print("| step | weights | threads | precision | Ordo, ms | PyTorch, ms | torch.compile, ms | limit in f32, ms |\n|---|---|---|---|---|---|---|---|")
        for model in a.models.split(","):
            for threads in map(int, a.threads.split(",")):
                for precision in a.precision.split(","):
                    print(measured(a, model, threads, precision, fma), flush=True)


if __name__ == "__main__":
    main()
