#!/usr/bin/env bash
# Derivatives in loops and in steps, against central differences in Python: random functions with loops in each other, and
# training programs whose weights move more than once in a step.
. "$(dirname "$0")/common.sh"
if ! command -v python3 >/dev/null; then
  echo "[SKIP] there is no python3"
  finish
fi
export ORDO=$ordo
expect 0 "functions with loops" python3 "$root/tests/derivatives/loops.py" 0 12
says "12 functions, 0 wrong" "functions with loops"
mkdir "$work/runs"
expect 0 "steps" python3 "$root/tests/derivatives/train.py" "$work/runs"
finish
