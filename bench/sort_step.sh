#!/usr/bin/env bash
# One training step of models/sort.ordo against the same model in PyTorch (eager, compiled) and JAX, taken in turns in one run.
#
#   bench/sort_step.sh [ROUNDS [WIDTHS [STEPS]]]      3 rounds, widths "128 256", 40 steps; needs python3 with torch and jax (PyPI)
#
# N = 10, P = 5, one glimpse, batch 128, Adam with clipping, on one thread and on two. Each program runs for STEPS steps
# in each round, one program after the other. On a busy machine only the fastest step of each says something, so that is what is
# compared; the median over the rounds of their medians (Ordo: means) stands beside it. "peak" is the machine's rate of
# fused multiply-adds in the same run, "bound" the time of the step's products alone at that rate.
set -euo pipefail
cd "$(dirname "$0")/.."
ordo=${ORDO:-build/ordo}
rounds=${1:-3} widths=${2:-128 256} steps=${3:-40}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cc -O3 -march=native -pthread bench/fma_peak.c -o "$out/fma_peak"

step_of() { # NAME D THREADS -> "median fastest" in ms
  case $1 in
  ordo) "$ordo" train models/sort.ordo -D H="$2" --steps "$steps" -D EVERY=100000 --threads "$3" --out "$out/run" --log-every 1000 \
    --quiet --json | python3 -c 'import json,sys; r = json.load(sys.stdin); print(1e3 * r["seconds_per_step"], 1e3 * r["fastest_step"])' ;;
  torch) python3 bench/peers/sort_torch.py eager 10 5 1 "$2" 128 "$3" "$steps" ;;
  torch.compile) python3 bench/peers/sort_torch.py compile 10 5 1 "$2" 128 "$3" "$steps" ;;
  jax) python3 bench/peers/sort_jax.py jit 10 5 1 "$2" 128 "$3" "$steps" ;;
  esac
}

for round in $(seq "$rounds"); do
  for d in $widths; do
    for threads in 1 2; do
      echo "$d $threads peak $("$out/fma_peak" "$threads") 0" >>"$out/all"
      for name in ordo torch torch.compile jax; do
        ms=$(step_of "$name" "$d" "$threads" 2>"$out/err" | cut -d' ' -f1,2) || { ms="nan nan"; cat "$out/err" >&2; }
        echo "$d $threads $name $ms" >>"$out/all"
        echo "round $round: d=$d threads=$threads $name $ms ms" >&2
      done
    done
  done
done
python3 - "$out/all" <<'P'
import statistics, sys
rows = {}
for line in open(sys.argv[1]):
    d, threads, name, median, fastest = line.split()
    rows.setdefault((int(d), int(threads)), {}).setdefault(name, []).append((float(median), float(fastest)))
# Multiply-adds of the forward products of a set: N d^2 (read 1, keys 2, writer 8, queries 2) + P 8 d^2 + start 4 d^2, and
# the reads of 2 N + P attentions; the backward pass has twice as many.
flops = lambda d, n=10, p=5, b=128: 6 * b * (d * d * (13 * n + 8 * p + 4) + n * d * (2 * n + 2 * p))
print("| d | threads | peak GFLOP/s | bound ms | Ordo | PyTorch | torch.compile | JAX |\n|---|---|---|---|---|---|---|---|")
for (d, threads), of in rows.items():
    peak = max(median for median, _ in of["peak"])
    fast = {name: min(f for _, f in values) for name, values in of.items()}
    usual = {name: statistics.median(m for m, _ in values) for name, values in of.items()}
    cell = lambda n: f"{fast[n]:.1f} ({usual[n]:.0f})" + (f", {fast[n] / fast['ordo']:.2f}x" if n != "ordo" else "")
    print(f"| {d} | {threads} | {peak:.0f} | {flops(d) / peak / 1e6:.1f} | "
          + " | ".join(cell(n) for n in ("ordo", "torch", "torch.compile", "jax")) + " |")
print("\nFastest step in ms (in brackets: the median of all rounds), and how many times as long as Ordo's.")
P
