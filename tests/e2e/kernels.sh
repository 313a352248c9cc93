#!/usr/bin/env bash
# ordo show --kernels and --memory: rows, sizes, times of a run, remarks by what they cost, pictures.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'SPEC'
fn f(x: f32[B, N], w: f32[N, M], s: f32[M, M]) -> (f32[B, M], <M>[B]) {
  h = tanh(x @ w)
  scan t in 3, a = h {
    a = sigmoid(a @ s)
  }
  y[b, m] = softmax[m](a[b, m])
  best[b] = argmax[m](y[b, m])
  z[b, m] = sort[m](y[b, m])
  (z, best)
}
SPEC
expect 0 "a table" "$ordo" show m.ordo f --kernels --sizes=B=8,N=16,M=32
says "kernels of 'f', for B = 8, " "the sizes"
says "own product, vectors of" "how products are done"
says "function of the library" "a function of the library"
says "the model of this machine: products" "the model"

# what is counted, row by row: 2*8*16*32 flops and tanh in the first product's row; three turns of the second
expect 0 "as JSON" "$ordo" show m.ordo f --kernels --sizes=B=8,N=16,M=32 --json -o k.json
python3 - <<'PY' || fail "the rows of the table"
import json
k = json.load(open("k.json"))
assert k["sizes"] == {"B": 8, "N": 16, "M": 32}, k["sizes"]
rows = k["kernels"]
dots = [r for r in rows if r["what"].startswith("dot")]
first = [r for r in dots if r["calls"] == 1]
loop = [r for r in dots if r["calls"] == 3]
assert len(first) == 1 and len(loop) == 1, rows
extra = {"tanh": 18, "sigmoid": 18}
for row, flops, op in ((first[0], 2 * 8 * 16 * 32, "tanh"), (loop[0], 2 * 8 * 32 * 32, "sigmoid")):
    fused = 8 * 32 * extra[op] if op in row["what"] else 0
    assert row["flops"] == flops + fused, (row, flops, fused)
    assert row["predicted_seconds"] > 0 and row["measured_seconds"] is None
costs = [r["calls"] * r["predicted_seconds"] for r in rows if r["predicted_seconds"] is not None]
assert costs == sorted(costs, reverse=True), "the dearest stand first"
assert all(r["place"] and r["place"].startswith("m.ordo:") for r in dots), dots
PY

# with the times of a run
"$ordo" opt m.ordo f --passes=inline -o g.txt || fail "graph text"
expect 0 "a run" "$ordo" run g.txt --random -D B=8 -D N=16 -D M=32 --profile --trace=t.json --repeat=20
expect 0 "times of a run" "$ordo" show g.txt --kernels --sizes=B=8,N=16,M=32 --profile t.json --json -o k.json
python3 -c '
import json
rows = json.load(open("k.json"))["kernels"]
assert any(r["measured_seconds"] and 0 < r["measured_seconds"] < 1 for r in rows), rows' || fail "times of a run"

# remarks: the one about the dearest kernel first, each with its share
expect 0 "remarks" "$ordo" show m.ordo f --kernels --remarks=missed
grep "missed\[" out | sed 's/%.*//' >shares
[ -s shares ] || fail "no remarks"
sort -rn -c shares || fail "remarks are not ranked"

# memory
expect 0 "memory" "$ordo" show m.ordo f --memory --sizes=B=8,N=16,M=32
says "memory of 'f', for B = 8, " "memory"
expect 0 "memory as JSON" "$ordo" show m.ordo f --memory --sizes=B=8,N=16,M=32 --json -o m.json
python3 - <<'PY' || fail "values that live at the same time share no place"
import json
m = json.load(open("m.json"))["memory"]
v = m["values"]
assert v and m["bytes"] >= max(r["at"] + r["bytes"] for r in v)
for i, a in enumerate(v):
    for b in v[:i]:
        together = a["first"] <= b["last"] and b["first"] <= a["last"]
        apart = a["at"] + a["bytes"] <= b["at"] or b["at"] + b["bytes"] <= a["at"]
        assert apart or not together or not a["bytes"] or not b["bytes"], (a, b)
PY
expect 0 "a picture" "$ordo" show m.ordo f --memory -o m.svg
python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("m.svg")' || fail "the picture is no XML"
[ "$(grep -c '<rect' m.svg)" -gt 3 ] || fail "the picture has no values"

# sizes of graph text by -D, as in other commands; --sizes goes first
expect 0 "-D" "$ordo" show g.txt --memory -D B=8 -D N=16 -D M=32
says "memory of 'f', for B = 8, N = 16, M = 32" "-D"
expect 0 "-D and --sizes" "$ordo" show g.txt --memory -D B=8 -D N=16 --sizes=N=4
says "N = 4" "-D and --sizes"
expect 0 "tune takes -D" "$ordo" tune g.txt -D B=8 -D N=16 -D M=32 --seconds=0
says "for B = 8, N = 16, M = 32" "tune takes -D"
expect 0 "--validate-each takes -D" "$ordo" opt g.txt --validate-each -D B=3 -D N=5 -D M=7 --stop-after=simplify
for command in "show g.txt --kernels" "opt g.txt" "run g.txt --random" "tune g.txt" "bisect g.txt" "reduce g.txt --test=true"; do
  expect 2 "no size: $command" "$ordo" $command -D N=-3
  says "'-D N=-3': expected NAME=N" "no size: $command"
  expect 2 "an unknown size: $command" "$ordo" $command -D Q=3
  says "'f' has no open size 'Q'" "an unknown size: $command"
done

# what is refused
expect 2 "an unknown size" "$ordo" show m.ordo f --kernels --sizes=Q=3
says "'f' has no open size 'Q'" "an unknown size"
expect 2 "no number" "$ordo" show m.ordo f --kernels --sizes=B=x
says "expected sizes as in B=32,N=10" "no number"
expect 2 "a picture of kernels" "$ordo" show m.ordo f --kernels -o k.svg
says "'--kernels' makes no pictures" "a picture of kernels"
expect 2 "no trace" "$ordo" show m.ordo f --kernels --profile m.ordo
finish
