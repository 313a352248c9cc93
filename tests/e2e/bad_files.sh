#!/usr/bin/env bash
# Broken and missing files, a full disk: a clear message, exit code 1, nothing lost.
. "$(dirname "$0")/common.sh"
model=("$root/models/sort.ordo" -D N=4 -D P=1 -D H=16 -D B=8 -D STEPS=3)
run=("$ordo" run "${model[@]}" net.sorted "[[0.4, 0.1, 0.3, 0.2]]")
numbers="$work/good/checkpoint.safetensors"

expect 0 "training" "$ordo" train "${model[@]}" --out "$work/good"
expect 0 "using the checkpoint" "${run[@]}" --weights "$numbers"

expect 1 "missing spec" "$ordo" check "$work/none.ordo"
says "none.ordo" "missing spec"
expect 1 "missing weights" "${run[@]}" --weights "$work/none.safetensors"
says "none.safetensors" "missing weights"

head -c 5000 "$numbers" >"$work/cut.safetensors"
expect 1 "truncated checkpoint" "${run[@]}" --weights "$work/cut.safetensors"
says "E08" "truncated checkpoint"
head -c 3 "$numbers" >"$work/cut.safetensors"
expect 1 "checkpoint of three bytes" "${run[@]}" --weights "$work/cut.safetensors"
{ printf '\xff\xff\xff\xff\xff\xff\xff\x7f'; tail -c +9 "$numbers"; } >"$work/corrupt.safetensors"
expect 1 "header of 2^63 bytes" "${run[@]}" --weights "$work/corrupt.safetensors"
{ head -c 8 "$numbers"; printf '{"x":'; tail -c +14 "$numbers"; } >"$work/corrupt.safetensors"
expect 1 "corrupt header" "${run[@]}" --weights "$work/corrupt.safetensors"

expect 1 "other sizes" "$ordo" run "${model[@]}" -D H=24 net.sorted "[[0.4, 0.1]]" --weights "$numbers"
says "E0703" "other sizes"
expect 1 "wrong rank" "$ordo" run "${model[@]}" net.sorted "[0.4, 0.1]" --weights "$numbers"
says "expected" "wrong rank"
expect 1 "ragged literal" "$ordo" run "${model[@]}" net.sorted "[[0.4, 0.1], [1]]" --weights "$numbers"
says "E0806" "ragged literal"
expect 1 "index out of range" "$ordo" run "${model[@]}" net.loss "[[0.4, 0.1]]" "[[0, 2]]" --weights "$numbers"
says "outside its axis" "index out of range"
expect 1 "resume without a run" "$ordo" train "${model[@]}" --out "$work/empty" --resume
expect 2 "unknown option" "$ordo" train "${model[@]}" --frobnicate
expect 2 "unknown command" "$ordo" trian

# A full disk: the old checkpoint stays, byte by byte.
gcc -shared -fPIC -o "$work/full_disk.so" "$root/tests/e2e/full_disk.c" -ldl
cp "$numbers" "$work/before"
LD_PRELOAD="$work/full_disk.so" FULL_DISK="$work/good" FULL_DISK_BYTES=2000 \
  "$ordo" train "${model[@]}" --out "$work/good" --steps 6 --resume >"$work/out" 2>&1
[ $? -eq 1 ] || { fail "full disk: exit code"; cat "$work/out"; }
says "No space left" "full disk"
same "$work/before" "$numbers" "the checkpoint after a full disk"
[ "$(ls "$work/good" | grep -c tmp)" -eq 0 ] || fail "a temporary file was left behind"
expect 0 "going on when there is room again" "$ordo" train "${model[@]}" --out "$work/good" --steps 6 --resume
finish
