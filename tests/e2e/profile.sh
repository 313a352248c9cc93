#!/usr/bin/env bash
# --profile names each kernel and product with its place in the text, and their shares are the whole.
. "$(dirname "$0")/common.sh"
expect 0 "training with --profile" "$ordo" train "$root/models/sort.ordo" -D H=16 -D STEPS=2 -D B=4 --profile --out "$work/run"
says "GFLOP/s" "training with --profile"
says "linear.ordo:" "training with --profile"
says "kernel of" "training with --profile"
says "100.00%" "training with --profile"
expect 0 "training in bf16" "$ordo" train "$root/models/sort.ordo" -D H=16 -D STEPS=2 -D B=4 --profile --precision bf16 --out "$work/bf16"
says "dot in bf16" "training in bf16"
expect 0 "running with --profile" "$ordo" run "$root/models/sort.ordo" net.sorted "[[0.9, 0.1, 0.7]]" --profile
says "GB/s" "running with --profile"

# --time: one list of phases, the parts of code below it, none without its time
export ORDO_CACHE_DIR="$work/cache" # so that code is generated
expect 0 "running with --time" "$ordo" run "$root/models/sort.ordo" net.sorted "[[0.9, 0.1, 0.7]]" --time
for phase in compile "  parse" "  data" "  check" "  passes" "  layout" "  code" "    emit" "    generate" "    link" weights run; do
  grep -qE "^$phase +[0-9]+\.[0-9]{3} ms$" "$work/out" || fail "--time: no line for '$phase' in $(cat "$work/out")"
done
awk '$1 == "passes" || $1 == "code" || $1 == "run" { if ($2 <= 0) bad = 1 } END { exit bad }' "$work/out" ||
  fail "--time: a phase that ran took no time: $(cat "$work/out")"
finish
