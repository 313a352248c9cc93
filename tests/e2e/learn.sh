#!/usr/bin/env bash
# Read-Process-Write learns to sort: N = 5, one process step, one glimpse, 300 steps reach 90 % of whole sets right.
. "$(dirname "$0")/common.sh"
expect 0 "training" "$ordo" train "$root/models/sort.ordo" -D N=5 -D P=1 -D STEPS=300 --out "$work/run"
accuracy=$(tail -n 1 "$work/run/eval.csv" | cut -d, -f2)
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.9) }' || fail "accuracy $accuracy after 300 steps"
expect 0 "sorting" "$ordo" run "$root/models/sort.ordo" -D N=5 -D P=1 net.sorted "[[0.9, 0.1, 0.7, 0.3, 0.5]]" \
  --weights "$work/run/checkpoint.safetensors"
says "0.1" "sorting"
finish
