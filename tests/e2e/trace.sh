#!/usr/bin/env bash
# --trace writes what took when as Chrome's trace events: valid JSON, the phases of base/phases.def in each other as that
# table says, passes inside of 'passes', and with --profile the instructions by name inside of each step.
. "$(dirname "$0")/common.sh"
export ORDO_CACHE_DIR="$work/cache" # so that code is generated
cat >"$work/look.py" <<'PY'
import json, re, sys

file, root, *wanted = sys.argv[1:]
inside = dict(re.findall(r'^PHASE\((\w+), (\w+), "\w+"\)', open(f"{root}/base/phases.def").read(), re.M))
events = json.load(open(file))
assert events[0]["ph"] == "M" and events[0]["args"]["name"].startswith("ordo "), events[0]
spans = sorted((e for e in events[1:]), key=lambda e: (e["ts"], -e["dur"]))
open_spans, parents, counts = [], {}, {}
for e in spans:
    assert e["ph"] == "X" and e["dur"] >= 0, e
    while open_spans and e["ts"] >= open_spans[-1]["ts"] + open_spans[-1]["dur"] - 0.0015:
        open_spans.pop()
    outer = open_spans[-1] if open_spans else None
    if outer: # whole inside, and told apart by when they begin
        assert e["ts"] > outer["ts"] and e["ts"] + e["dur"] <= outer["ts"] + outer["dur"] + 0.0015, (e, outer)
    chain = [o["name"] for o in open_spans]
    if e["cat"] == "phase":
        parent = inside[e["name"]]
        if parent != "none" and e["name"] not in ("save", "link", "emit", "generate"):
            assert parent in chain, (e, chain)
        counts[e["name"]] = counts.get(e["name"], 0) + 1
    elif e["cat"] == "pass":
        assert chain[-1] == "passes", (e, chain)
        counts["pass"] = counts.get("pass", 0) + 1
    else:
        assert chain[-1] in ("run", "step", "eval", "weights"), (e, chain)
        key = e["name"].split()[0] + " in " + chain[-1]
        counts[key] = counts.get(key, 0) + 1
        counts["placed"] = counts.get("placed", 0) + ("at" in e.get("args", {}))
    open_spans.append(e)
for want in wanted: # NAME>=N or NAME=N
    name, least, n = re.fullmatch(r"(.*?)(>?=)(\d+)", want).groups()
    got = counts.get(name, 0)
    assert got >= int(n) if least == ">=" else got == int(n), f"{want}, got {got} in {counts}"
PY
look() { # FILE WANTED...
  python3 "$work/look.py" "$1" "$root" "${@:2}" || fail "the trace $1"
}
says_of() { # FILE: the steps are numbered, compiled graphs named
  for what in '"of": "step 3"' '"of": "tiny.step"' '"of": "tiny.init"' '"of": "tiny.eval"'; do
    grep -q "$what" "$1" || fail "$1 does not say $what"
  done
}
cat >"$work/tiny.ordo" <<'END'
import linear
import optimizers
layer Net(D) {
  a: Linear(D, D)
  fn double(x: f32[B, D]) -> f32[B, D] { a(x) }
  fn loss(x: f32[B, D]) -> f32 { mean((double(x) - 2 * x) ** 2) }
}
train tiny {
  net   = Net(64)
  steps = 4
  step {
    x[b, d] = uniform(0, 1) with b in 64, d in 64
    loss = net.loss(x)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
  eval {
    x[b, d] = uniform(0, 1) with b in 64, d in 64
    log loss = net.loss(x)
  }
}
fn triple(x: f32[N]) -> f32[N] {
  scan t in 3, y = x { y = y * 3 }
  y
}
END
tiny=$work/tiny.ordo
expect 0 "training with --trace" "$ordo" train "$tiny" --quiet --out "$work/run" --trace "$work/train.json"
# The code of the first state and of the step is begun one after the other and finished together, that of the evaluation later.
look "$work/train.json" parse=1 data=1 check=1 compile=9 passes=3 layout=3 code=5 'emit>=3' generate=2 'link>=3' weights=1 run=1 step=4 \
  eval=1 'save>=1' 'pass>=30' 'kernel in step=0'
says_of "$work/train.json"
expect 0 "training with --trace --profile" "$ordo" train "$tiny" --quiet --out "$work/run" --trace "$work/profile.json" --profile --time
look "$work/profile.json" step=4 'kernel in step>=12' 'dot in step>=8' 'kernel in eval>=2' 'kernel in weights>=1' 'placed>=20'
for phase in compile "  parse" "  passes" "    link" weights run "  step" "  eval" "  save"; do
  grep -qE "^$phase +[0-9]+\.[0-9]{3} ms$" "$work/out" || fail "train --time: no line for '$phase' in $(cat "$work/out")"
done
says " step" "the whole of --profile is the phase"
expect 0 "running with --trace" "$ordo" run "$tiny" triple "[0.9, 0.1]" --trace "$work/run.json" --profile --repeat 3
look "$work/run.json" parse=1 check=1 run=3 'kernel in run>=9'
expect 0 "interpreting with --trace" "$ordo" run "$tiny" triple "[0.9, 0.1]" --trace "$work/int.json" --interpret
look "$work/int.json" parse=1 run=1 code=0 'pass>=1'

# what fails is traced, too; what cannot be written is an error
expect 1 "a mistake with --trace" "$ordo" run "$tiny" no_such "[1]" --trace "$work/wrong.json"
look "$work/wrong.json" parse=1 passes=0
expect 1 "a folder that is not there" "$ordo" run "$tiny" triple "[0.9, 0.1]" --trace "$work/none/t.json"
says "none/t.json" "a folder that is not there"
[ ! -e "$work/none" ] || fail "--trace made a folder"
# names of files are escaped
cp "$tiny" "$work/a\"b\\.ordo"
expect 0 "an odd name" "$ordo" run "$work/a\"b\\.ordo" triple "[0.9, 0.1]" --trace "$work/odd.json" --profile
look "$work/odd.json" parse=1 run=1
finish
