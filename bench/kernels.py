#!/usr/bin/env python3
"""Times what is no matrix product in the training steps of bench/kernels.ordo and of models/sort.ordo, for one or two commands.

  bench/kernels.py build/release/ordo                    one command
  bench/kernels.py OLD/ordo NEW/ordo --rounds 3          two, taken in turns; the ratio is new over old

Each run is 'ordo train --profile', which says of every instruction the fastest of its calls. A kernel's time is the fastest of all
runs, times its calls in a step; the table has the sums of a step, without the products and with the old products in both columns, so
that a slow phase of the machine falls on neither side. --rows N lists the N kernels that take longest in each command's step.
--models: folder of sort.ordo for each command. --only: names of models, with commas. --markdown prints a table for docs/results.
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

from report import processor, show

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = {
    "sort128": ("sort.ordo", "sort", ["H=128", "EVERY=1000000"], 6),
    "sort256": ("sort.ordo", "sort", ["H=256", "EVERY=1000000"], 4),
    "seq2seq": ("kernels.ordo", "seq2seq", [], 3),
    "transformer": ("kernels.ordo", "transformer", [], 3),
    "reward": ("kernels.ordo", "reward", [], 3),
    "set": ("kernels.ordo", "set", [], 4),
    "lstm": ("kernels.ordo", "lstm", [], 6),
}
ROW = re.compile(r"^ *[\d.]+% +[\d.]+ +(\d+) +[\d.]+ +([\d.]+) +[\d.]+ (GFLOP/s|GB/s) +(.*)$")


def profile(args, k, name, out):
    file, program, constants, steps = WORK[name]
    models = pathlib.Path(args.models[min(k, len(args.models) - 1)])
    path = models / file if file == "sort.ordo" else ROOT / "bench" / file
    line = [args.ordo[k], "train", str(path), program, "--steps", str(steps), "--threads", str(args.threads), "--out", out, "--quiet", "--profile",
            "--log-every", "1000000", "--checkpoint-every", "0"]
    for c in constants:
        line += ["-D", c]
    r = subprocess.run(line, capture_output=True, text=True, cwd=ROOT)
    if r.returncode:
        sys.exit(f"{' '.join(line)}: {r.stderr}")
    rows = collections.defaultdict(list)
    started = ended = False
    for text in (r.stderr + r.stdout).splitlines():
        m = ROW.match(text)
        started, ended = started or bool(m), ended or started and text.startswith("100.00%")
        if m and not ended:  # the step; evaluations follow
            what = re.sub(r"^\S*/", "", m[4])
            rows[(m[3] == "GFLOP/s", what)].append(int(m[1]) * float(m[2]) / 1e3)
    return {key: sorted(times, reverse=True) for key, times in rows.items()}


def fastest(a, b):
    return {key: [min(x, y) for x, y in zip(times, b.get(key, times))] for key, times in a.items()} if a else b


def measure(args, folder):
    best = {name: [None] * len(args.ordo) for name in args.only}
    for number in range(args.rounds):
        for name in args.only:
            for k in list(range(len(args.ordo)))[:: 1 if number % 2 else -1]:
                best[name][k] = fastest(best[name][k], profile(args, k, name, f"{folder}/run{k}"))
        print(f"round {number + 1} of {args.rounds}", file=sys.stderr, flush=True)
    return best


def sums(rows):
    products = sum(t for (product, _), times in rows.items() if product for t in times)
    return products, sum(t for (product, _), times in rows.items() if not product for t in times)


def table(best):
    rows = []
    for name, of in best.items():
        products, rest = sums(of[0])
        cells = [name, f"{products + rest:.1f}"] + [f"{sums(r)[1]:.2f}" for r in of]
        if len(of) == 2:
            new = sums(of[1])[1]
            cells += [f"{new / rest:.3f}", f"{100 * (rest - new) / (products + rest):+.1f} %"]
        rows.append(cells)
    two = ["without products, first", "second", "second / first", "of the step saved"]
    return [["step", "whole step, ms"] + (two if len(rows[0]) > 3 else ["without products"])] + rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ordo", nargs="+", help="one or two commands")
    parser.add_argument("--models", nargs="+", default=[str(ROOT / "models")])
    parser.add_argument("--only", type=lambda s: s.split(","), default=list(WORK))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    if len(args.ordo) > 2:
        parser.error("one or two commands")
    with tempfile.TemporaryDirectory() as folder:
        best = measure(args, folder)
    for name, of in best.items() if args.rows else []:
        for k, rows in enumerate(of):
            print(f"{name}, {args.ordo[k]}")
            all_rows = sorted(((t, what) for (product, what), times in rows.items() if not product for t in times), reverse=True)
            print("\n".join(f"{t:9.3f}  {what[:150]}" for t, what in all_rows[: args.rows]))
    print(f"{processor()}, {args.threads} thread{'s' if args.threads > 1 else ''}, fastest of {args.rounds} rounds, ms a step")
    show(table(best), args.markdown)


main()
