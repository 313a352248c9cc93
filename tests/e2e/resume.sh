#!/usr/bin/env bash
# A run that was killed and resumed, and a run on two threads, equal an undisturbed run on one thread byte by byte.
. "$(dirname "$0")/common.sh"
model=("$root/models/sort.ordo" -D N=5 -D P=2 -D H=32 -D B=32 -D STEPS=60 --checkpoint-every 10)

expect 0 "undisturbed run" "$ordo" train "${model[@]}" --out "$work/whole" --threads 1
expect 0 "two threads" "$ordo" train "${model[@]}" --out "$work/threads" --threads 2
same "$work/whole/checkpoint.safetensors" "$work/threads/checkpoint.safetensors" "one and two threads"
same "$work/whole/metrics.jsonl" "$work/threads/metrics.jsonl" "one and two threads"

"$ordo" train "${model[@]}" --out "$work/killed" --steps 1000000 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 200); do
  [ -s "$work/killed/checkpoint.safetensors" ] && break
  sleep 0.05
done
kill -9 $pid
wait $pid 2>/dev/null
[ -s "$work/killed/checkpoint.safetensors" ] || fail "no checkpoint before the kill"
# The killed run may be past step 60 by now on a fast machine; then the comparison is made at the step it reached.
step=$(grep -ao '"ordo.step": *"[0-9]*"' "$work/killed/checkpoint.safetensors" | tr -dc 0-9)
last=$((step > 60 ? step + 10 : 60))
expect 0 "resumed run" "$ordo" train "${model[@]}" --out "$work/killed" --resume --steps $last
expect 0 "run of the same length" "$ordo" train "${model[@]}" --out "$work/same" --steps $last
same "$work/same/checkpoint.safetensors" "$work/killed/checkpoint.safetensors" "killed and resumed"
same "$work/same/metrics.jsonl" "$work/killed/metrics.jsonl" "killed and resumed"
same "$work/same/train.csv" "$work/killed/train.csv" "killed and resumed"

# A longer run cut at step 60 has no evaluation of that step, which a run of 60 steps ends with.
cp -r "$work/whole" "$work/cut"
grep -v '"step": 60, "section": "eval"' "$work/whole/metrics.jsonl" >"$work/cut/metrics.jsonl"
cmp -s "$work/whole/metrics.jsonl" "$work/cut/metrics.jsonl" && fail "no evaluation to take out"
expect 0 "cut and resumed" "$ordo" train "${model[@]}" --out "$work/cut" --resume
same "$work/whole/metrics.jsonl" "$work/cut/metrics.jsonl" "cut and resumed"
same "$work/whole/checkpoint.safetensors" "$work/cut/checkpoint.safetensors" "cut and resumed"

# Products in bf16: the same bits on one and two threads, other ones than f32; a checkpoint goes on in its own precision.
expect 0 "bf16" "$ordo" train "${model[@]}" --precision bf16 --out "$work/bf16" --threads 1
expect 0 "bf16, two threads" "$ordo" train "${model[@]}" --precision bf16 --out "$work/bf16_threads" --threads 2
same "$work/bf16/checkpoint.safetensors" "$work/bf16_threads/checkpoint.safetensors" "bf16 on one and two threads"
same "$work/bf16/metrics.jsonl" "$work/bf16_threads/metrics.jsonl" "bf16 on one and two threads"
cmp -s "$work/whole/metrics.jsonl" "$work/bf16/metrics.jsonl" && fail "bf16 computes what f32 does"
expect 1 "bf16 resumed in f32" "$ordo" train "${model[@]}" --out "$work/bf16" --resume --steps 70
says "its products are of another precision" "resuming in f32"
says "give --precision bf16" "resuming in f32"
expect 0 "bf16 resumed" "$ordo" train "${model[@]}" --precision bf16 --out "$work/bf16" --resume --steps 70
expect 1 "f32 resumed in bf16" "$ordo" train "${model[@]}" --precision bf16 --out "$work/same" --resume --steps $((last + 10))
expect 0 "changed on purpose" "$ordo" train "${model[@]}" --precision bf16 --out "$work/same" --resume --changed --steps $((last + 10))

# Products by OpenBLAS: a checkpoint goes on with those who made its products.
if "$ordo" train "${model[@]}" --products openblas --out "$work/blas" >/dev/null 2>&1; then
  expect 1 "OpenBLAS resumed without it" "$ordo" train "${model[@]}" --out "$work/blas" --resume --steps $((last + 10))
  says "its products are made by others" "OpenBLAS resumed without it"
  says "give --products openblas" "OpenBLAS resumed without it"
  expect 0 "OpenBLAS resumed" "$ordo" train "${model[@]}" --products openblas --out "$work/blas" --resume --steps $((last + 10))
fi
finish
