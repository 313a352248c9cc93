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
finish
