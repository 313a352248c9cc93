#!/usr/bin/env bash
# Any number of ranks, however they were begun, writes the checkpoint of one; a lost rank ends all, and the run goes on with another
# number of ranks; ranks that would not compute the same do not begin. MPI is tried where it is.
. "$(dirname "$0")/common.sh"
cp "$root/tests/e2e/ranks.ordo" "$work/"
for i in $(seq 60); do echo "word$((i * i % 97)) and $((i % 13))" | cut -c1-$((3 + i % 9)); done >"$work/ranks.txt"
models=("$work/ranks.ordo coupled" "$work/ranks.ordo rollouts" "$work/ranks.ordo speller" "$work/ranks.ordo vanishing"
  "$root/models/sort.ordo -D N=5 -D P=2 -D H=16 -D B=32 -D STEPS=6 -D EVERY=3")

# every FOLDER WHAT: all files but the log of how it was begun equal those of one rank
every() {
  for file in checkpoint.safetensors metrics.jsonl best.safetensors; do
    [ ! -e "$work/$1/one/$file" ] || same "$work/$1/one/$file" "$work/$1/$2/$file" "$3"
  done
}

number=0
for model in "${models[@]}"; do
  number=$((number + 1))
  # shellcheck disable=SC2086 # a model is words
  expect 0 "one rank, $model" "$ordo" train $model -q -t 1 --shards "$([[ $model == *speller* ]] && echo 6 || echo 8)" --out "$work/$number/one"
  for ranks in 2 3 4 8; do
    expect 0 "$ranks ranks, $model" "$ordo" train $model -q -t $((1 + ranks % 2)) --ranks $ranks --out "$work/$number/$ranks"
    every $number $ranks "$ranks ranks, $model"
    [ "$(grep -c W0812 "$work/out")" -le 1 ] || fail "each rank warns of the same"
  done
done

# A policy from its examples to PPO: reward models of both kinds, rollouts, whitening, minibatches.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "{\"prompt\": \"say word $i\", \"chosen\": \"word $i\", \"rejected\": \"wor $((i * 7 % 10))\"}"; done >"$work/pairs.jsonl"
policy() { # PROGRAM FOLDER OPTION...
  expect 0 "$*" "$ordo" train "$root/models/reward/prefs.ordo" "$1" -q --steps 2 --out "$work/$2" -D D=16 -D L=1 -D HEADS=2 -D BATCH=8 -D LIMIT=20 -D VALID=0.0 \
    -D SPLIT=train -D "FILE=\"$work/pairs.jsonl\"" -D "SFT=\"$work/sft/one/checkpoint.safetensors\"" -D RESPONSE=6 "${@:3}"
}
for program in sft scalar seq2seq dpo; do
  policy $program $program/one -t 1 --shards 8
  policy $program $program/3 -t 2 --ranks 3
  every $program 3 "$program by 3 ranks"
done
for kind in scalar seq2seq; do
  how=(-D "KIND=\"$kind\"" -D "RM=\"$work/$kind/one/checkpoint.safetensors\"")
  policy ppo ppo_$kind/one -t 1 --shards 8 "${how[@]}"
  for ranks in 2 3 4 8; do
    policy ppo ppo_$kind/$ranks -t 1 --ranks $ranks "${how[@]}"
    every ppo_$kind $ranks "PPO with the reward model $kind by $ranks ranks"
  done
done

# Up to rounding it is what a run without shards is.
expect 0 "whole batches" "$ordo" train "$work/ranks.ordo" coupled -q -t 1 --out "$work/whole"
near() { python3 - "$1" "$2" <<'PYTHON'
import json, sys
rows = [[json.loads(line) for line in open(name)] for name in sys.argv[1:]]
for a, b in zip(*rows, strict=True):
    assert a.keys() == b.keys() and all(a[k] == b[k] or abs(a[k] - b[k]) <= 1e-3 * (1 + abs(a[k])) for k in a if k != "section"), (a, b)
PYTHON
}
near "$work/whole/metrics.jsonl" "$work/1/one/metrics.jsonl" || fail "shards change more than rounding"

# Batches of an evaluation are shared out: each is computed by one rank, and no rank computes what another one has. The sums
# have the order of the batches.
cat >"$work/counted.c" <<'END'
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
void counted(const float *x, int64_t n, float *y, int64_t n2) {
  int file = open(getenv("COUNTED"), O_WRONLY | O_APPEND | O_CREAT, 0666);
  (void)n2;
  for (int64_t i = 0; i < n; i++) y[i] = x[i];
  if (write(file, "*", 1) == 1) close(file);
}
END
gcc -shared -fPIC -o "$work/libcounted.so" "$work/counted.c"
cat >"$work/counted.ordo" <<END
import optimizers

extern fn counted(x: f32[B]) -> f32[B] from "$work/libcounted.so"
data words = lines("ranks.txt", valid = 0.3) { c: chars[8] }

layer Net(V) {
  w: f32[V] ~ normal(1)
  fn rows(x: <V>[B, T]) -> f32[B] {
    y[b] = sum[t](w[x[b, t]])
    y
  }
}

train counts {
  net   = Net(words.c)
  steps = 4
  step {
    w = words.batch(12)
    loss = mean((net.rows(w.c) - 1) ** 2)
    minimize loss over net with sgd(lr = 0.01)
    log loss
  }
  eval valid every 2 over w in words.batches(2, split = "valid") {
    loss = mean((counted(net.rows(w.c)) - 1) ** 2)
    log loss per w.c_mask
  }
}
END
for ranks in 1 2 3 7; do
  how=(--ranks $ranks)
  [ $ranks -gt 1 ] || how=(--shards 6)
  COUNTED=$work/counted.$ranks expect 0 "batches of $ranks ranks" "$ordo" train "$work/counted.ordo" -q -t 1 "${how[@]}" --allow-foreign --out "$work/counted/$ranks"
  same "$work/counted/1/metrics.jsonl" "$work/counted/$ranks/metrics.jsonl" "evaluations of $ranks ranks"
  same "$work/counted.1" "$work/counted.$ranks" "batches of $ranks ranks"
done
# With the same weights a run without shards has the same numbers, too.
sed 's/lr = 0.01/lr = 0.0/' "$work/counted.ordo" >"$work/still.ordo"
for how in "" "--shards 4" "--ranks 3"; do
  # shellcheck disable=SC2086 # options are words
  COUNTED=/dev/null expect 0 "the same weights, $how" "$ordo" train "$work/still.ordo" -q $how --allow-foreign --out "$work/runs"
  grep '"valid"' "$work/runs/metrics.jsonl" >"$work/still${how%% *}" || fail "no evaluation"
done
same "$work/still" "$work/still--shards" "an evaluation over batches, in a run with shards"
same "$work/still" "$work/still--ranks" "an evaluation over batches, of three ranks"
# A NaN in rows, or in a batch, of one rank alone: told once, wherever it is.
sed 's/counted(net.rows(w.c)) - 1/log(net.rows(w.c) - 1)/' "$work/counted.ordo" >"$work/trapped.ordo"
for ranks in 1 2 3; do
  expect 1 "a NaN of $ranks ranks" "$ordo" train "$work/trapped.ordo" -q --ranks $ranks --trap-nan --allow-foreign --out "$work/trapped"
  [ "$(grep -c 'error\[E0702' "$work/out")" -eq 1 ] || { fail "a NaN of $ranks ranks"; cat "$work/out"; }
done
[ "$(wc -c <"$work/counted.1")" -ge 8 ] || fail "too few batches to share"

# At -O0 nothing is rewritten before batches are cut.
for ranks in 2 3; do expect 0 "-O0" "$ordo" train "$work/ranks.ordo" coupled -q -O0 --ranks $ranks --out "$work/O0/$ranks"; done
same "$work/O0/2/checkpoint.safetensors" "$work/O0/3/checkpoint.safetensors" "two and three ranks at -O0"

# More pairs of ranks than a process may have files by default.
[ "$(ulimit -H -n)" = unlimited ] || [ "$(ulimit -H -n)" -gt 2000 ] && {
  (ulimit -S -n 1024 && exec "$ordo" train "$work/ranks.ordo" vanishing -q -t 1 --ranks 34 --out "$work/many") >"$work/out" 2>&1 ||
    { fail "34 ranks with 1024 files"; cat "$work/out"; }
  same "$work/4/one/checkpoint.safetensors" "$work/many/checkpoint.safetensors" "34 ranks"
}

# A pipeline of one's own need not have all passes.
expect 0 "no 'precision'" "$ordo" train "$work/ranks.ordo" coupled -q --passes=inline,grad,fuse,plan --ranks 2 --out "$work/own/2"
expect 0 "no 'precision'" "$ordo" train "$work/ranks.ordo" coupled -q --passes=inline,grad,fuse,plan --shards 8 --out "$work/own/1"
same "$work/own/1/checkpoint.safetensors" "$work/own/2/checkpoint.safetensors" "a pipeline of one's own"

# Code for less than this processor has: other bits perhaps, and the same on all ranks.
for ranks in 2 3; do
  expect 0 "sse2" "$ordo" train "$work/ranks.ordo" coupled -q --portable-bits sse2 --ranks $ranks --out "$work/sse2/$ranks"
done
same "$work/sse2/2/checkpoint.safetensors" "$work/sse2/3/checkpoint.safetensors" "two and three ranks with code for sse2"

# Stopped and gone on with another number of ranks; then without ranks.
expect 0 "to step 3" "$ordo" train "$work/ranks.ordo" coupled -q --ranks 3 --steps 3 --out "$work/go"
expect 0 "to step 5" "$ordo" train "$work/ranks.ordo" coupled -q --ranks 2 --steps 5 --resume --out "$work/go"
expect 0 "to the end" "$ordo" train "$work/ranks.ordo" coupled -q --resume --out "$work/go"
for more in "--shards 8 --steps 3" "--resume --steps 5" "--resume"; do
  # shellcheck disable=SC2086 # options are words
  expect 0 "one rank, $more" "$ordo" train "$work/ranks.ordo" coupled -q $more --out "$work/same"
done
same "$work/same/checkpoint.safetensors" "$work/go/checkpoint.safetensors" "three, two and one rank"
expect 1 "other shards" "$ordo" train "$work/ranks.ordo" coupled -q --resume --shards 4 --out "$work/go"
says "E0709" "other shards"
expect 1 "a run of whole batches" "$ordo" train "$work/ranks.ordo" coupled -q --resume --ranks 2 --out "$work/whole"
says "go on without --ranks and --shards" "a run of whole batches"

# A rank that is killed: all end at once, with one message; the run goes on.
"$ordo" train "$work/ranks.ordo" coupled -q --ranks 3 --steps 100000000 --checkpoint-every 5 --out "$work/killed" >"$work/out" 2>&1 &
pid=$!
for _ in $(seq 400); do
  [ -s "$work/killed/checkpoint.safetensors" ] && break
  sleep 0.05
done
child=$(pgrep -P $pid | tail -1)
kill -9 "$child"
for _ in $(seq 200); do
  kill -0 $pid 2>/dev/null || break
  sleep 0.05
done
kill -0 $pid 2>/dev/null && fail "rank 0 goes on without the others"
wait $pid && fail "a lost rank is no success"
says "E0716" "a rank that was killed"
[ "$(grep -c error "$work/out")" -le 2 ] || { fail "more than one message"; cat "$work/out"; }
step=$(grep -ao '"ordo.step": *"[0-9]*"' "$work/killed/checkpoint.safetensors" | tr -dc 0-9)
expect 0 "gone on" "$ordo" train "$work/ranks.ordo" coupled -q --ranks 2 --resume --steps $((step + 3)) --out "$work/killed"
expect 0 "not killed" "$ordo" train "$work/ranks.ordo" coupled -q --shards 8 --steps $((step + 3)) --out "$work/alive"
same "$work/alive/checkpoint.safetensors" "$work/killed/checkpoint.safetensors" "killed and gone on with two ranks"

# A rank that hangs: the others end when it was silent for too long, and it does not outlive them.
ORDO_RANKS_SILENCE=2 "$ordo" train "$work/ranks.ordo" coupled -q --ranks 3 --steps 100000000 --checkpoint-every 5 --out "$work/hung" >"$work/out" 2>&1 &
pid=$!
for _ in $(seq 400); do
  [ -s "$work/hung/checkpoint.safetensors" ] && break
  sleep 0.05
done
child=$(pgrep -P $pid | tail -1)
kill -STOP "$child"
for _ in $(seq 600); do
  kill -0 $pid 2>/dev/null || break
  sleep 0.05
done
if kill -0 $pid 2>/dev/null; then
  fail "rank 0 waits for a rank that hangs"
  kill -9 "$child" $pid
fi
wait $pid && fail "a rank that hangs is no success"
says "E0716" "a rank that hangs"
kill -0 "$child" 2>/dev/null && fail "a rank that hangs outlives the others"

# Ctrl-C at one of them stops all after the same step.
"$ordo" train "$work/ranks.ordo" coupled -q --ranks 3 --steps 100000000 --checkpoint-every 5 --out "$work/stopped" >"$work/out" 2>&1 &
pid=$!
for _ in $(seq 400); do
  [ -s "$work/stopped/checkpoint.safetensors" ] && break
  sleep 0.05
done
kill -INT "$(pgrep -P $pid | head -1)"
wait $pid || fail "a run that is stopped ends well"
says "stopped after" "a run that is stopped"

# What passes do is the same on all ranks, and said once.
for how in "--shards 8" "--ranks 2"; do
  # shellcheck disable=SC2086 # options are words
  expect 0 "passes, $how" "$ordo" train "$work/ranks.ordo" vanishing -q $how --out "$work/said" --time-passes --remarks=all --trace-rules --dump-after=plan,asm
  wc -l <"$work/out" >"$work/lines${how% *}"
done
same "$work/lines--shards" "$work/lines--ranks" "lines of what passes say"

# One process that a launcher has begun is alone, and needs no plug-in.
for one in PMI_SIZE=1 OMPI_COMM_WORLD_SIZE=1 "PMIX_RANK=0 SLURM_NTASKS=1" "PMIX_RANK=0 SLURM_NTASKS=4 SLURM_STEP_NUM_TASKS=1" PMI_SIZE=; do
  # shellcheck disable=SC2086 # variables are words
  expect 0 "$one" env $one ORDO_MPI=/nonexistent "$ordo" train "$work/ranks.ordo" vanishing -q --out "$work/alone"
done

# What cannot be.
expect 2 "no ranks" "$ordo" train "$work/ranks.ordo" coupled -q --ranks 0x
expect 1 "shards that do not divide" "$ordo" train "$work/ranks.ordo" coupled -q --shards 7 --out "$work/seven"
says "E0612" "shards that do not divide"
expect 1 "a mistake in the text" "$ordo" train "$work/ranks.ordo" nobody -q --ranks 3 --out "$work/nobody"
[ "$(grep -c 'error\[' "$work/out")" -eq 1 ] || { fail "each rank tells the same"; cat "$work/out"; }

# MPI: the same bits again, and ranks that differ are found before they begin.
tried=no
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # what leaks here is the MPI's
for mpi in openmpi mpich; do
  run=$(command -v mpirun.$mpi) || { echo "[SKIP] there is no mpirun.$mpi"; continue; }
  [ -e "$(dirname "$ordo")/ordo-mpi-$mpi.so" ] || { echo "[SKIP] ordo-mpi-$mpi.so was not built"; continue; }
  tried=yes
  more=()
  [ $mpi = mpich ] || more=(--allow-run-as-root --oversubscribe --mca btl_base_warn_component_unused 0)
  for ranks in 2 3; do
    expect 0 "$ranks ranks of $mpi" timeout 300 "$run" "${more[@]}" -n $ranks "$ordo" train "$work/ranks.ordo" coupled -q -t $((1 + ranks % 2)) \
      --out "$work/1/$mpi$ranks"
    every 1 $mpi$ranks "$ranks ranks of $mpi"
  done
  timeout 300 "$run" "${more[@]}" -n 1 "$ordo" train "$work/ranks.ordo" coupled -q --shards 8 --out "$work/d" \
    : -n 1 "$ordo" train "$work/ranks.ordo" coupled -q --shards 4 --out "$work/d" >"$work/out" 2>&1 && fail "$mpi: ranks that differ"
  says "E0714" "ranks of $mpi that differ"
  timeout 300 "$run" "${more[@]}" -n 1 "$ordo" train "$work/ranks.ordo" coupled -q --out "$work/d" \
    : -n 1 "$ordo" train "$work/ranks.ordo" coupled -q --portable-bits sse2 --out "$work/d" >"$work/out" 2>&1 && fail "$mpi: other code"
  says "another processor" "ranks of $mpi with other code"
  # Whatever changes what is computed, or where it begins, is the same on all ranks.
  echo "set fuse.max 3" >"$work/some.schedule"
  for other in --resume --changed --strict --fast "--disable fuse" "--fuel 3" "--schedule $work/some.schedule" --trap-nan; do
    # shellcheck disable=SC2086 # an option is words
    timeout 300 "$run" "${more[@]}" -n 1 "$ordo" train "$work/ranks.ordo" coupled -q --out "$work/1/${mpi}2" \
      : -n 1 "$ordo" train "$work/ranks.ordo" coupled -q $other --out "$work/d" >"$work/out" 2>&1 && fail "$mpi: $other on one rank alone"
    says "E0714" "$mpi: $other on one rank alone"
  done
done
[ $tried = yes ] || echo "[SKIP] ranks under MPI: install libopenmpi-dev openmpi-bin or libmpich-dev mpich and configure anew"
finish
