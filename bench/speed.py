#!/usr/bin/env python3
"""Training steps of eight models in Ordo, PyTorch (eager, torch.compile) and JAX (jit), taken in turns in one run.

usage: speed.py ORDO [--models rpw128,lstm,...] [--threads 1,2] [--precision f32,bf16] [--peers eager,compile,jax] [--rounds N] [--steps N]
                [--python FILE]

The models are models/sort.ordo with 128 and 256 units (rpw128, rpw256) and those of bench/kernels.ordo; the peers' are bench/peers/models_torch.py
and models_jax.py, which wait while others run; FILE is a Python with torch and jax. It stops when a peer has another number of weights or begins
with another loss. bf16: autocast of PyTorch; in JAX the forward pass computes in bf16.

Of times the table has the fastest step of all rounds, in brackets the median of the rounds' medians (of Ordo: means). On a busy machine only the
fastest say something. "limit": the time of the step's products at the machine's rate of fused multiply-adds in f32 (bench/fma_peak.c), measured in
each round, and Ordo's share of it. "start": seconds from the command to the end of the first step, nothing cached (of Ordo
compilation and the step, as it reports them: some 0.05 s for the process and for drawing weights are not in it); "peak": MB of memory.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
# Weights that PyTorch has besides: the bias that its LSTMs have twice.
TWICE = {"rpw128": 512, "rpw256": 1024, "lstm": 1024, "seq2seq": 3 * 1024}
# Weights that Ordo's spec has besides: the head of the reward model's trunk, which nobody uses.
UNUSED = {"reward": 256 * 8000}
PEERS = {"eager": "PyTorch", "compile": "torch.compile", "jax": "JAX"}


def spec(model):
    if model.startswith("rpw"):
        return [str(HERE.parent / "models" / "sort.ordo"), "sort", "-D", f"H={model[3:]}", "-D", "EVERY=1000000", "-D", "LR=1e-4"]
    return [str(HERE / "kernels.ordo"), model]


class Run:
    """One command 'ordo train': what it wrote, its metrics, weights and use of memory."""

    def __init__(self, command, model, threads, precision, steps, *more):
        with tempfile.TemporaryDirectory() as folder:
            line = [command, "train", *spec(model), "--steps", str(steps), "--threads", str(threads), "--precision", precision, "--out", folder + "/run"]
            with open(folder + "/text", "w") as text:
                process = subprocess.Popen(line + list(more), stdout=text, stderr=subprocess.STDOUT, env=dict(os.environ, ORDO_CACHE_DIR=folder + "/cache"))
                _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.text, self.peak = pathlib.Path(folder, "text").read_text(), usage.ru_maxrss / 1024
            if process.returncode:
                sys.exit(f"{' '.join(line)}: exit code {process.returncode}\n{self.text}")
            with open(folder + "/run/checkpoint.safetensors", "rb") as f:
                header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
            with open(folder + "/run/metrics.jsonl") as f:
                self.loss = json.loads(f.readline())["loss"]
        self.weights = sum(count(value["shape"]) for name, value in header.items() if name != "__metadata__" and ".adam." not in name)


def count(shape):
    n = 1
    for extent in shape:
        n *= extent
    return n


def products(command, model):
    """Operations of a step's products, by its profile."""
    run, flops = Run(command, model, 1, "f32", 1, "--profile"), 0
    for calls, m, k, n, times in re.findall(r"^ *[\d.]+% +[\d.]+ +(\d+) .*? (\d+) x (\d+) x (\d+)(?:, (\d+) times)?$", run.text, re.M):
        flops += 2 * int(calls) * int(m) * int(k) * int(n) * int(times or 1)
    return flops


class Ordo:
    def __init__(self, command, model, threads, precision):
        self.of = command, model, threads, precision
        run = Run(*self.of, 1, "--json", "--quiet", "--log-every", "1")
        report = json.loads(run.text)
        self.weights, self.loss, self.peak = run.weights - UNUSED.get(model, 0), run.loss, run.peak
        self.start = report["compile_seconds"] + report["run_seconds"]

    def run(self, steps):
        report = json.loads(Run(*self.of, steps, "--json", "--quiet").text)
        return report["fastest_step"], report["seconds_per_step"]

    def close(self):
        pass


class Peer:
    def __init__(self, python, model, kind, precision, threads):
        script = "models_jax.py" if kind == "jax" else "models_torch.py"
        self.process = subprocess.Popen([python, str(HERE / "peers" / script), model, kind, precision, str(threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline().split()
        if line[:1] != ["ready"]:
            raise RuntimeError(f"{model}, {kind}: the peer did not start")
        self.loss, self.start, self.peak = map(float, line[2:5])
        self.weights = int(line[1]) - (0 if kind == "jax" else TWICE.get(model, 0))

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


def same(model, who):
    """The work is the same: weights, and the first loss up to what random weights and rows leave open."""
    ordo = who["Ordo"]
    for name, peer in who.items():
        if peer.weights != ordo.weights:
            sys.exit(f"{model}: {name} has {peer.weights} weights, Ordo {ordo.weights}")
        if abs(peer.loss - ordo.loss) > 0.3 * max(ordo.loss, peer.loss):
            sys.exit(f"{model}: {name} begins with a loss of {peer.loss:.4g}, Ordo with {ordo.loss:.4g}")


def measured(a, model, threads, precision, fma):
    who = {"Ordo": Ordo(a.ordo, model, threads, precision)}
    for kind in filter(None, a.peers.split(",")):
        who[PEERS[kind]] = Peer(a.python, model, kind, precision, threads)
    same(model, who)
    times, rates = {name: [] for name in who}, []
    for _ in range(a.rounds):
        rates.append(peak(threads, fma))
        for name, peer in who.items():
            times[name].append(peer.run(a.steps))
    for peer in who.values():
        peer.close()
    best = {name: min(f for f, _ in t) for name, t in times.items()}
    usual = {name: statistics.median(m for _, m in t) for name, t in times.items()}
    ratio = f"{min(best[n] for n in best if n != 'Ordo') / best['Ordo']:.2f}" if len(best) > 1 else "-"
    columns = [("ms", lambda n: f"{1e3 * best[n]:.1f} ({1e3 * usual[n]:.0f})"), ("start", lambda n: f"{who[n].start:.1f}"), ("MB", lambda n: f"{who[n].peak:.0f}")]
    cells = [" / ".join(f(n) if n in who else "-" for n in ("Ordo", *PEERS.values())) for _, f in columns]
    limit = products(a.ordo, model) / max(rates) / 1e9
    share = f"{1e3 * limit:.1f}, {100 * limit / best['Ordo']:.0f} %" if precision == "f32" else "-"
    return f"| {model} | {who['Ordo'].weights / 1e6:.1f} M | {threads} | {precision} | {cells[0]} | {ratio} | {share} | {cells[1]} | {cells[2]} |"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("ordo")
    p.add_argument("--models", default="rpw128,rpw256,seq2seq,transformer,reward,set,lstm,gpt2")
    p.add_argument("--threads", default="1,2")
    p.add_argument("--precision", default="f32,bf16")
    p.add_argument("--peers", default="eager,compile,jax")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--steps", type=int, default=4)
    p.add_argument("--python", default=sys.executable)
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fma = folder + "/fma_peak"
        subprocess.run(["cc", "-O3", "-march=native", "-mprefer-vector-width=512", "-pthread", str(HERE / "fma_peak.c"), "-o", fma], check=True)
        print("Ordo / PyTorch / torch.compile / JAX in each cell.\n")
        print("| step | weights | threads | precision | ms a step | best peer / Ordo | limit in f32, ms | start, s | peak, MB |\n|---|---|---|---|---|---|---|---|---|")
        for model in a.models.split(","):
            for threads in map(int, a.threads.split(",")):
                for precision in a.precision.split(","):
                    print(measured(a, model, threads, precision, fma), flush=True)


if __name__ == "__main__":
    main()
