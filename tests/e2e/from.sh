#!/usr/bin/env bash
# Weights from a checkpoint of another program: under another name (at), into a part of a model (into).
. "$(dirname "$0")/common.sh"
cat >"$work/p.ordo" <<'END'
import linear

layer Trunk() { a: Linear(2, 3); fn (x: f32[B, 2]) -> f32[B, 3] { a(x) } }
layer Critic() { trunk: Trunk(); head: Linear(3, 1); fn (x: f32[B, 2]) -> f32[B, 1] { head(trunk(x)) } }

const FILE = "first/checkpoint.safetensors"

train first {
  net   = Trunk()
  other = Trunk()
  steps = 1
  step {
    x[b, i] = 1 with b in 4, i in 2
    log a = sum(net(x)), b = sum(other(x))
  }
}

train second {
  same   = Trunk()   from FILE at "net" frozen
  other  = Trunk()   from FILE
  critic = Critic()  from FILE at "other" into trunk
  steps  = 1
  step {
    x[b, i] = 1 with b in 4, i in 2
    log a = sum(same(x)), b = sum(other(x)), c = sum(critic.trunk(x)), head = sum(abs(critic.head.W))
  }
}

train missing {
  critic = Critic()  from FILE at "nowhere" into trunk
  step { log c = sum(critic.head.W) }
}
END
cd "$work" || exit 1
expect 0 "first" "$ordo" train p.ordo first --out first
expect 0 "second" "$ordo" train p.ordo second --out second --seed 9
paste -d, <(tail -n 1 first/train.csv) <(tail -n 1 second/train.csv) |
  awk -F, '{ exit !($2 == $5 && $3 == $6 && $3 == $7 && $2 != $3 && $8 > 0) }' || fail "$(cat first/train.csv second/train.csv)"
expect 1 "missing" "$ordo" train p.ordo missing
says "'nowhere.a.W' is missing" "missing"
finish
