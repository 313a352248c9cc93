#!/usr/bin/env bash
# Runs of several ranks, killed at random moments and each time resumed with another number of them, end with the same files as
# one that nobody disturbed. KILLS=50 tries more moments than the default; SEED chooses them.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
kills=${KILLS:-4}
RANDOM=${SEED:-1}
cat >killed.ordo <<'END'
import optimizers

layer Net {
  w: f32[60, 60] ~ normal(0.1)
  state calls: f32 ~ zeros
  fn (x: f32[B, 60]) -> f32[B, 60] {
    calls = calls + 1
    x @ w * (1 + 0.001 * calls)
  }
}

train follow {
  net   = Net()
  avg   = copy of net
  steps = 3000
  step {
    x[b, i] = normal(0, 1) with b in 24, i in 60
    repeat 2 {
      loss = mean((net(x) - x) ** 2)
      minimize loss over net with adam(lr = 1e-3) when loss > 0.001
    }
    move avg to net with ema(decay = 0.9)
    log w = net.w[0, 0], calls = net.calls
  }
  eval valid every 500 { log loss = mean(avg(ones(6, 60)) ** 2) }
  best by valid.loss
}
END
train() { exec "$ordo" train killed.ordo --steps $((kills * 1000)) --shards 8 --checkpoint-every 100 -q "$@" >out 2>&1; }
(train -t 1 --out whole) || { fail "an undisturbed run"; cat out; }
rm -rf cut
cut=0
set -m # each run has a group of processes of its own
for ((i = 0; i < kills; i++)); do
  more=()
  [ -f cut/checkpoint.safetensors ] && more=(--resume) || rm -rf cut
  train --ranks $((RANDOM % 4 + 1)) --out cut "${more[@]}" &
  run=$!
  sleep "0.$((RANDOM % 6 + 1))$((RANDOM % 10))"
  kill -KILL "$run" 2>/dev/null && cut=$((cut + 1))
  code=0
  wait "$run" 2>/dev/null || code=$?
  [ $code -eq 0 ] || [ $code -eq 137 ] || { fail "kill $i: exit code $code"; cat out; }
  for ((k = 0; k < 100; k++)); do # the other ranks end, too
    kill -0 -- "-$run" 2>/dev/null || break
    sleep 0.1
  done
  [ $k -lt 100 ] || fail "kill $i: a rank is left"
done
[ $cut -gt 0 ] || fail "no run was killed before its end"
more=()
[ -f cut/checkpoint.safetensors ] && more=(--resume)
(train --ranks 3 --out cut "${more[@]}") || { fail "the last run"; cat out; }
for file in checkpoint.safetensors best.safetensors metrics.jsonl; do
  cmp -s whole/$file cut/$file || fail "$file differs after $kills kills"
done
echo "$cut of $kills runs were killed before their end"
finish
