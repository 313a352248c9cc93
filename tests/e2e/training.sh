#!/usr/bin/env bash
# What a training run promises: derivatives collected over K steps are those of one large step, dropout is off in an
# eval, the best evaluation is kept and a run without a better one ends, and all of it survives kill -9 bit for bit.
. "$(dirname "$0")/common.sh"
model="$root/tests/e2e/training.ordo"
train() { expect 0 "$1" "$ordo" train "$model" --threads 1 --out "$work/$1" "${@:2}"; }
# last RUN SECTION COLUMN: the last value of a metric
last() { tail -n 1 "$work/$1/$2.csv" | cut -d, -f"$3"; }
# is A B WHAT
is() { [ "$1" = "$2" ] || fail "$3: $1 and $2"; }

# The mean of four derivatives by the same batch is that derivative: K = 4 for 40 steps is K = 1 for 10.
train once -D FIXED=true -D P=0 -D LR=0.04 -D K=1 --steps 1
train four -D FIXED=true -D P=0 -D LR=0.01 -D K=4 --steps 4 # the rate is still rising: four times as high by then
is "$(last once valid 2)" "$(last four valid 2)" "one update by the mean of four equal derivatives"
train early -D FIXED=true -D P=0 -D K=4 --steps 3
is "$(sed -n 2p "$work/early/train.csv" | cut -d, -f2)" "$(last early train 2)" "no update before the fourth step"

# Without learning, dropout changes the training loss and no evaluation.
train dropped -D LR=0 -D P=0.5 --steps 6
train kept -D LR=0 -D P=0 --steps 6
is "$(last dropped valid 2)" "$(last kept valid 2)" "dropout in an eval"
[ "$(last dropped train 2)" != "$(last kept train 2)" ] || fail "no dropout in the step"

expect 0 masks "$ordo" train "$root/tests/e2e/dropout_masks.ordo" --threads 1 --out "$work/masks"
is 1,0.25,1.3333334,1,1 "$(tail -n 1 "$work/masks/train.csv" | sed 's/1.33333[0-9]*/1.3333334/')" "a quarter is 0, the others grow; rows"
is 1,0,1 "$(tail -n 1 "$work/masks/eval.csv")" "an eval sees everything"

# The evaluation at the end is the best one, from best.safetensors.
train best
best=$(tail -n +2 "$work/best/valid.csv" | cut -d, -f2 | sort -g | head -n 1)
is "$best" "$(last best final 2)" "the evaluation at the end"
# With a learning rate of 0 no evaluation is better than the first: the run ends after three more.
train patient -D LR=0 -D PATIENCE=3
is 24 "$(last patient valid 1)" "the step at which patience ended"
says "no better for long" "the end of patience"

# The code of an evaluation is made in front of its first run: without one there is none.
for steps in 0 1; do
  ORDO_CACHE_DIR="$work/cache" expect 0 "$steps steps" "$ordo" train "$root/models/sort.ordo" -D B=2 -D N=3 -D H=4 -D P=1 --steps $steps --out "$work/lazy"
  objects[$steps]=$(find "$work/cache" -type f | wc -l)
done
[ "${objects[1]}" -gt "${objects[0]}" ] || fail "an evaluation that never ran was compiled: ${objects[*]} objects"

# The memory that is planned is that which is reached.
"$ordo" train "$root/bench/kernels.ordo" lstm -q --steps 2 --json --out "$work/memory" >"$work/memory.json" || fail "memory"
python3 - "$work/memory.json" <<'PYTHON' || fail "the memory that was planned: $(grep bytes "$work/memory.json")"
import json, sys
run = json.load(open(sys.argv[1]))
sys.exit(not 0.9 < run["planned_bytes"] / run["peak_bytes"] < 1.1)
PYTHON
expect 0 "what is planned is said" "$ordo" train "$model" --steps 1 --out "$work/memory" --time
says "MB planned" "what is planned is said"

# kill -9 and resume, at any step.
"$ordo" train "$model" --threads 1 --out "$work/killed" --steps 100000000 --checkpoint-every 7 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 200); do [ -s "$work/killed/checkpoint.safetensors" ] && break; sleep 0.05; done
kill -9 $pid
wait $pid 2>/dev/null
step=$(grep -ao '"ordo.step": *"[0-9]*"' "$work/killed/checkpoint.safetensors" | tr -dc 0-9)
end=$((step + 25))
train killed --resume --steps $end
train whole --steps $end
for file in checkpoint.safetensors best.safetensors metrics.jsonl valid.csv; do
  same "$work/whole/$file" "$work/killed/$file" "killed and resumed"
done
finish
