#!/usr/bin/env python3
"""Products of Ordo against numpy and torch, as ratios of times taken in turn.

usage: gemm_peers.py PATH_TO_GEMM [THREADS]

Each round measures Ordo (in its own process) and the peers one after the other on one shape, the best of a
number of calls each; the median ratio over the rounds is printed. A peer that is not installed is left out.
"""
import os
import statistics
import subprocess
import sys
import time

THREADS = int(sys.argv[2]) if len(sys.argv) > 2 else 1
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(THREADS)  # before the import: setting it later does not reach every pool

import numpy  # noqa: E402

try:
    import torch
    torch.set_num_threads(THREADS)
except ImportError:
    torch = None

SHAPES = [(64, 256, 1024), (128, 256, 1024), (32, 128, 512), (128, 512, 2048),
          (1024, 1024, 1024), (2048, 256, 1024), (1, 256, 1024)]
ROUNDS, SECONDS = 7, 0.1


def gflops(call, work):
    """Best speed over SECONDS."""
    best, stop = 1e9, time.perf_counter() + SECONDS
    while time.perf_counter() < stop:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return work / best * 1e-9


def peers(m, k, n):
    """Name and call of each peer, writing to memory that is there."""
    a = numpy.random.rand(m, k).astype(numpy.float32)
    b = numpy.random.rand(k, n).astype(numpy.float32)
    c = numpy.empty((m, n), numpy.float32)
    yield "numpy", lambda: numpy.matmul(a, b, out=c)
    if torch:
        ta, tb, tc = torch.from_numpy(a), torch.from_numpy(b), torch.from_numpy(c)
        yield "torch", lambda: torch.mm(ta, tb, out=tc)


def ordo(m, k, n):
    """GFLOP/s of the product, and the peak."""
    command = [sys.argv[1], str(SECONDS), "host", str(THREADS), str(m), str(k), str(n)]
    return [float(x) for x in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def main():
    print(f"{THREADS} thread(s); GFLOP/s: medians; ratios: Ordo's speed over the peer's, medians of {ROUNDS} rounds")
    for m, k, n in SHAPES:
        rows, ours = {}, []
        for _ in range(ROUNDS):
            own, peak = ordo(m, k, n)
            ours.append((own, peak))
            for name, call in peers(m, k, n):
                speed = gflops(call, 2 * m * n * k)
                rows.setdefault(name, []).append((speed, own / speed))
        own, peak = (statistics.median(x) for x in zip(*ours))
        line = f"{m:5} x {k:4} x {n:4}  peak {peak:4.0f}  Ordo {own:6.1f}"
        for name, values in rows.items():
            speed, ratio = (statistics.median(x) for x in zip(*values))
            line += f"  | {name} {speed:6.1f}: {ratio:.2f}"
        print(line, flush=True)


main()
