#!/usr/bin/env python3
"""Causal attention of growing length, and cross-entropy over many words: time and planned memory with and without the pass 'blocks', and PyTorch.

usage: attention.py ORDO [--python FILE] [--threads N] [--rounds N] [--steps N] [--only read,learn,words] [--lengths 256,1024] [--batches 1,4] [--markdown]

The programs are those of bench/attention.ordo; FILE is a Python with torch: bench/peers/attention_torch.py. All take turns; a time is the fastest
step of all rounds. Memory of Ordo is the planned peak of the step ('ordo show --memory'), that of PyTorch what its first step added to the process.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from report import processor, show

HERE = pathlib.Path(__file__).resolve().parent
WAYS = {"blocks": [], "whole": ["--without=blocks"]}


def run(line):
    r = subprocess.run(line, capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{' '.join(line)}: {r.stderr}")
    return r.stdout


def constants(b, t, v):
    return ["-D", f"B={b}", "-D", f"T={t}", "-D", f"V={v}"]


def ordo(a, program, sizes, way):
    with tempfile.TemporaryDirectory() as folder:
        text = run([a.ordo, "train", str(HERE / "attention.ordo"), program, *constants(*sizes), *WAYS[way], "--threads", str(a.threads), "--json",
                    "--quiet", "--steps", str(a.steps), "--log-every", "1000000", "--out", folder + "/run"])
    return json.loads(text)["fastest_step"]


def planned(a, program, sizes, way):
    text = run([a.ordo, "show", str(HERE / "attention.ordo"), program, *constants(*sizes), *WAYS[way], "--memory"])
    return int(re.search(r": (\d+) bytes for values", text)[1]) / 2**20


class Torch:
    def __init__(self, a, program, sizes):
        self.process = subprocess.Popen([a.python, str(HERE / "peers" / "attention_torch.py"), program, *map(str, sizes), str(a.threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        words = self.process.stdout.readline().split()
        if words[:1] != ["ready"]:
            sys.exit(f"{a.python}: the peer did not start")
        self.peak = float(words[2])

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def row(a, program, sizes):
    peer = Torch(a, program, sizes) if a.python else None
    times = {way: [] for way in [*WAYS, "PyTorch"]}
    for _ in range(a.rounds):
        for way in WAYS:
            times[way].append(ordo(a, program, sizes, way))
        if peer:
            times["PyTorch"].append(peer.run(a.steps))
    memory = [f"{planned(a, program, sizes, way):.1f}" for way in WAYS] + ([f"{peer.peak:.1f}"] if peer else [])
    if peer:
        peer.close()
    best = [f"{1e3 * min(t):.1f}" for t in times.values() if t]
    b, t, v = sizes
    return [program, str(v) if program == "words" else "", str(b), str(t), *best, *memory]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("ordo")
    p.add_argument("--python")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--steps", type=int, default=4)
    p.add_argument("--only", default="read,learn,words")
    p.add_argument("--lengths", default="256,1024,2048,4096")
    p.add_argument("--batches", default="1,4")
    p.add_argument("--words", default="8000,32000")
    p.add_argument("--markdown", action="store_true")
    a = p.parse_args()
    who = [*WAYS] + (["PyTorch"] if a.python else [])
    rows = [["program", "words", "batch", "length", *(f"{w}, ms" for w in who), *(f"{w}, MB" for w in who)]]
    for program in a.only.split(","):
        if program == "words":
            rows += [row(a, program, (1, 2048, int(v))) for v in a.words.split(",")]
        else:
            rows += [row(a, program, (int(b), int(t), 1)) for b in a.batches.split(",") for t in a.lengths.split(",")]
    print(f"{processor()}, {a.threads} thread{'s' if a.threads > 1 else ''}\n")
    show(rows, a.markdown)


if __name__ == "__main__":
    main()
