#!/usr/bin/env bash
# --profile names each kernel and product with its place in the text, and their shares are the whole.
. "$(dirname "$0")/common.sh"
expect 0 "training with --profile" "$ordo" train "$root/models/sort.ordo" -D H=16 -D STEPS=2 -D B=4 --profile --out "$work/run"
says "GFLOP/s" "training with --profile"
says "linear.ordo:" "training with --profile"
says "kernel of" "training with --profile"
says "100.00%" "training with --profile"
expect 0 "running with --profile" "$ordo" run "$root/models/sort.ordo" net.sorted "[[0.9, 0.1, 0.7]]" --profile
says "GB/s" "running with --profile"
finish
