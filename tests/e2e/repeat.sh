#!/usr/bin/env bash
# State members and repeat: an index, carried and collected values, until, state that changes inside; values worked out
# by hand; a resumed run equals a whole one byte by byte.
. "$(dirname "$0")/common.sh"
cat >"$work/p.ordo" <<'END'
import linear
import optimizers

const K = 4

train t {
  net = Linear(3, 1)
  coef: f32 ~ full(0.5)
  seen: f32[3] ~ zeros
  steps = 5

  step {
    x[b, i] = normal(0, 1) with b in 8, i in 3
    y[b] = sum[i](x[b, i])
    coef = coef * 0.9
    repeat e in K, total = 0.0, n = 0.0 until n >= 3 {
      p = net(x)
      loss = mean((p[:, 0] - y) ** 2)
      minimize loss over net with adam(lr = 0.1)
      coef = coef + 0.01
      n = n + 1
      total = total + loss
      losses[e] = loss
      marks[e] = f32(i32(e))
      log "objective/last" = loss
      repeat 2 { coef = coef + 1 }
    }
    seen = losses[0:3]
    log "val/coef" = coef, n, rest = losses[3], mark = marks[2], error = total - sum(seen)
  }
  eval every 5 { log coef, sum = sum(seen) }
}
END
expect 0 "whole run" "$ordo" train "$work/p.ordo" --out "$work/whole" --log-every 1
expect 0 "first part" "$ordo" train "$work/p.ordo" --out "$work/parts" --log-every 1 --steps 2
expect 0 "the rest" "$ordo" train "$work/p.ordo" --out "$work/parts" --log-every 1 --resume
same "$work/whole/checkpoint.safetensors" "$work/parts/checkpoint.safetensors" "whole and resumed"
same "$work/whole/train.csv" "$work/parts/train.csv" "whole and resumed"
[ "$(head -n 1 "$work/whole/train.csv")" = "step,objective/last,val/coef,n,rest,mark,error" ] || fail "columns: $(head -n 1 "$work/whole/train.csv")"
# coef <- 0.9 coef + 3 (0.01 + 2), three turns of four; the fourth place of what is collected stays 0
awk -F, 'NR > 1 { want = 0.9 * (NR == 2 ? 0.5 : want) + 6.03
  if ($3 - want > 1e-4 || want - $3 > 1e-4 || $4 != 3 || $5 != 0 || $6 != 2 || $7 > 1e-5 || $7 < -1e-5 || $2 <= 0) { print; exit 1 } }' \
  "$work/whole/train.csv" || fail "a value differs from the one worked out"
finish
