"""Tokens per second of sequence models in training and in greedy decoding: Ordo, PyTorch, torch.compile and JAX, in one run.

usage: seq_speed.py ORDO [--threads 1,2] [--rounds N] [--steps N] [--no-compile] [--no-jax] [--no-uncached] [--patience S]
                    [--python FILE]

The work is that of seq_speed.ordo: a decoder-only Transformer and the LSTM of models/g2p.ordo, in f32 on random tokens. The programs
take turns, so that what else the machine does falls on all; each number is the best of the rounds; that of decoding without a
cache is of one step. Compilation is not counted. The peers are bench/peers/seq_torch.py and seq_jax.py, which wait while others run.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).parent
# Tokens a step: rows and length of seq_speed.ordo.
TOKENS = {"learn": 16 * 64, "decode": 16 * 128, "lstm_learn": 64 * 10, "lstm_decode": 64 * 20}
NAMES = {"learn": "Transformer, training", "decode": "Transformer, decoding", "lstm_learn": "LSTM, training", "lstm_decode": "LSTM, decoding"}


class Ordo:
    kinds = list(TOKENS)

    def __init__(self, command, threads, program=None):
        self.command, self.threads, self.program = command, threads, program

    def seconds(self, kind, n):
        with tempfile.TemporaryDirectory() as folder:
            out = subprocess.run([self.command, "train", str(HERE / "seq_speed.ordo"), self.program or kind, "--steps", str(n), "--threads",
                                  str(self.threads), "--out", folder], capture_output=True, text=True, check=True)
        number, unit = re.search(r"([\d.e+]+) (ms|s) a step", out.stdout + out.stderr).groups()
        return float(number) * (1e-3 if unit == "ms" else 1)

    def close(self):
        pass


class Peer:
    def __init__(self, python, *command):
        self.process = subprocess.Popen([python, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.kinds = []

    def wait(self, limit):
        """False when it fails, or is not ready after 'limit' seconds."""
        alarm = threading.Timer(limit, self.process.kill)
        alarm.start()
        lines = iter(self.process.stdout.readline, "")
        for line in lines:
            if line.strip() == "ready":
                break
            self.kinds.append(line.strip())
        else:
            self.kinds = []
        alarm.cancel()
        return bool(self.kinds)

    def seconds(self, kind, n):
        print(kind, n, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def programs(options, threads):
    """Programs by name; those of PyTorch and JAX have run each kind of work once."""
    found = {"Ordo": Ordo(options.ordo, threads)}
    wanted = {"PyTorch eager": ("seq_torch.py", str(threads))}
    if not options.no_compile:
        wanted["torch.compile"] = ("seq_torch.py", str(threads), "--compile")
    if not options.no_jax:
        wanted["JAX"] = ("seq_jax.py", str(threads))
    for name, (file, *rest) in wanted.items():
        peer = Peer(options.python, str(HERE / "peers" / file), *rest)
        if peer.wait(options.patience):
            found[name] = peer
        else:
            print(f"  {name} is left out: it failed, or was not ready after {options.patience:.0f} s (--patience)", flush=True)
    return found


def race(options, threads):
    found, best = programs(options, threads), {kind: {} for kind in TOKENS}
    if not options.no_uncached:
        best["decode"]["Ordo, no cache"] = Ordo(options.ordo, threads, "uncached").seconds("decode", 1)
    for _ in range(options.rounds):
        for kind in TOKENS:
            n = options.steps if "learn" in kind else max(2, options.steps // 5)
            for name, program in found.items():
                if kind not in program.kinds:
                    continue
                s = program.seconds(kind, n)
                best[kind][name] = min(best[kind].get(name, s), s)
    for program in found.values():
        program.close()
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ordo")
    parser.add_argument("--threads", default="1,2", help="numbers of threads, one race each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10, help="training steps in a round; a fifth of it decodings, at least 2")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--no-jax", action="store_true")
    parser.add_argument("--no-uncached", action="store_true")
    parser.add_argument("--patience", type=float, default=120, help="seconds that a peer may take to compile")
    parser.add_argument("--python", default=sys.executable, help="that has torch and jax")
    options = parser.parse_args()
    for threads in map(int, options.threads.split(",")):
        print(f"{threads} thread{'s' if threads > 1 else ''}")
        for kind, best in race(options, threads).items():
            print(f"  {NAMES[kind]}: {TOKENS[kind]} tokens a step")
            for name, s in best.items():
                print(f"    {name:16} {s * 1e3:9.2f} ms {TOKENS[kind] / s:10.0f} tokens/s   {s / best['Ordo']:6.2f} x Ordo's time", flush=True)


main()
