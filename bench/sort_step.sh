#!/usr/bin/env bash
# One training step of models/sort.ordo against the same model in PyTorch (eager, compiled) and JAX, taken in turns in one run.
#
#   bench/sort_step.sh [ROUNDS]        3 by default; needs python3 with torch and jax (PyPI)
#
# Prints a table of medians over the rounds (each itself a median or mean of many steps) and ratios to Ordo.
# N = 10, P = 5, one glimpse, batch 128, Adam with clipping; d = 128 and 256; one thread and two.
set -euo pipefail
cd "$(dirname "$0")/.."
ordo=${ORDO:-build/ordo}
rounds=${1:-3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

step_of() { # NAME D THREADS STEPS -> ms
  case $1 in
  ordo) "$ordo" train models/sort.ordo -D H="$2" -D STEPS="$4" --steps "$4" --threads "$3" --out "$out/run" --log-every 1000 \
    --quiet --json | python3 -c 'import json,sys; print(1e3 * json.load(sys.stdin)["seconds_per_step"])' ;;
  torch) python3 bench/peers/sort_torch.py eager 10 5 1 "$2" 128 "$3" "$4" | cut -d' ' -f1 ;;
  torch.compile) python3 bench/peers/sort_torch.py compile 10 5 1 "$2" 128 "$3" "$4" | cut -d' ' -f1 ;;
  jax) python3 bench/peers/sort_jax.py jit 10 5 1 "$2" 128 "$3" "$4" | cut -d' ' -f1 ;;
  esac
}

names=(ordo torch torch.compile jax)
for round in $(seq "$rounds"); do
  for d in 128 256; do
    for threads in 1 2; do
      for name in "${names[@]}"; do
        ms=$(step_of "$name" "$d" "$threads" $((d == 128 ? 60 : 30)) 2>"$out/err") || { ms=nan; cat "$out/err" >&2; }
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
    d, threads, name, ms = line.split()
    rows.setdefault((d, threads), {}).setdefault(name, []).append(float(ms))
print("| d | threads | Ordo ms | PyTorch | torch.compile | JAX |\n|---|---|---|---|---|---|")
for (d, threads), of in rows.items():
    ms = {name: statistics.median(values) for name, values in of.items()}
    cells = [f"{ms[n]:.1f} ({ms[n] / ms['ordo']:.2f}x)" for n in ("torch", "torch.compile", "jax")]
    print(f"| {d} | {threads} | {ms['ordo']:.1f} | " + " | ".join(cells) + " |")
P
