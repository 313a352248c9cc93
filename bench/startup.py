#!/usr/bin/env python3
"""From the command to the first step of training, which itself is left out: --steps 0, without what is saved.

    bench/startup.py [-n RUNS] ORDO [ORDO]...      builds to be compared, run in turns

Of RUNS runs of each program: the fastest on the clock and the least processor time (with what saving takes), without an
object cache ("cold") and with one ("warm"), in milliseconds; and the greatest peak of memory.
"""
import argparse
import os
import re
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = [("Read-Process-Write", ["models/sort.ordo"]), ("Transformer", ["bench/kernels.ordo", "transformer"])]


def run(ordo, program, cache, out):
    """Seconds on the clock without saving, of the processor with it, and the peak in MB."""
    env = dict(os.environ, ORDO_CACHE_DIR=cache)
    command = [ordo, "train", *program, "--steps", "0", "--out", out, "--time"]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(text)
    saved = sum(float(ms) for ms in re.findall(r"^ +save +([\d.]+) ms", text, re.M)) / 1e3
    return wall - saved, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--runs", type=int, default=5)
    parser.add_argument("ordo", nargs="+")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "run")
        for name, program in PROGRAMS:
            best = {(i, state): [9e9, 9e9, 0] for i in range(len(args.ordo)) for state in ("cold", "warm")}
            for _ in range(args.runs):
                for i, ordo in enumerate(args.ordo):
                    cache = tempfile.mkdtemp(dir=folder)
                    for state in ("cold", "warm"):
                        wall, used, peak = run(os.path.abspath(ordo), program, cache, out)
                        b = best[i, state]
                        best[i, state] = [min(b[0], wall), min(b[1], used), max(b[2], peak)]
            for i, ordo in enumerate(args.ordo):
                for state in ("cold", "warm"):
                    wall, used, peak = best[i, state]
                    row = f"{state}  clock {wall * 1e3:6.0f}  processor {used * 1e3:6.0f}  peak {peak:5.0f} MB"
                    print(f"{name:20} {ordo:40} {row}", flush=True)


if __name__ == "__main__":
    main()
