#!/usr/bin/env bash
# Models out as ONNX and in again: the same numbers; damaged files and what has no form in Ordo: refused by name, nothing written.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# There and back: layers that repeat, a loop, an embedding, weights, open sizes.
cat >tower.ordo <<'END'
import linear

layer Block(D) {
  up:   Linear(D, 2*D)
  down: Linear(2*D, D)
  fn (x: f32[B, T, D]) -> f32[B, T, D] { x + down(relu(up(x))) }
}

layer Tower(V = 7, D = 4, L = 5) {
  embed: Embedding(V, D)
  block: [L] Block(D)
  fn (tokens: <V>[B, T]) -> f32[B, D] {
    x = embed(tokens)
    for f in block { x = f(x) }
    scan t in T, h = zeros(B, D) { h = tanh(0.5 * h + x[:, t, :]) }
    h
  }
}

train tower {
  net = Tower()
  steps = 1
  step {
    t[b, i] = randint(7) with b in 2, i in 3
    minimize mean(net(t) ** 2) over net with sgd(lr = 0.1)
  }
}
END
sed -i '1i import optimizers' tower.ordo
expect 0 "training" "$ordo" train tower.ordo --out run --quiet
expect 0 "export" "$ordo" export tower.ordo tower.net --weights run/checkpoint.safetensors -o tower.onnx
expect 0 "import" "$ordo" import tower.onnx -o in.ordo
says "layer Tower, of" "import"
grep -q 'block: *\[5\] Block' in.ordo || { fail "five equal blocks are not one layer"; cat in.ordo; }
[ "$(grep -c tanh in.ordo)" = 1 ] || fail "the loop is not one loop"
expect 0 "its layout is the standard one" "$ordo" fmt --check in.ordo
for tokens in "[[1, 2, 3], [6, 0, 5]]" "[[4]]"; do
  "$ordo" run tower.ordo tower.net "$tokens" --weights run/checkpoint.safetensors --out want.json >/dev/null || fail "run"
  "$ordo" run in.ordo Tower "$tokens" --weights in.safetensors --out got.json >/dev/null || fail "run of what was imported"
  python3 - <<'END' || fail "other numbers for $tokens"
import json
def flat(v): return sum((flat(x) for x in v), []) if isinstance(v, list) else [float(v)]
want, got = (flat(list(json.load(open(f)).values())) for f in ("want.json", "got.json"))
assert len(want) == len(got) and any(want), (want, got)
assert all(abs(a - b) <= 1e-5 * max(1, abs(a)) for a, b in zip(want, got)), (want, got)
END
done

# An open axis gets an extent, which is its extent everywhere.
expect 0 "import with an extent" "$ordo" import tower.onnx -D T=3 -o three.ordo
grep -qE '\[B, 3\]' three.ordo && ! grep -qE '\bT\b' three.ordo || { fail "T is not 3"; cat three.ordo; }
expect 1 "other extents are refused" "$ordo" run three.ordo Tower "[[4]]" --weights three.safetensors

# Weights beside the model, and a file that they would be read from elsewhere.
expect 0 "export beside" "$ordo" export tower.ordo tower.net --weights run/checkpoint.safetensors --beside -o beside.onnx
expect 0 "import beside" "$ordo" import beside.onnx -o beside.ordo
sed 's/beside.onnx.data/..\/\/de.onnx.data/' beside.onnx >out.onnx
if ! cmp -s beside.onnx out.onnx; then
  expect 1 "weights outside of the folder" "$ordo" import out.onnx -o no.ordo
  says "outside of the model's folder" "weights outside of the folder"
fi

# An operator that nobody has: all of them are said, and nothing is written.
sed 's/Tanh/Tinh/g; s/Relu/Rulu/g; s/LessOrEqual/LessOrElual/g' tower.onnx >odd.onnx
expect 1 "unknown operator" "$ordo" import odd.onnx -o no.ordo
says "(Tinh) is not supported" "unknown operator"
says "(LessOrElual) is not supported" "all at once"
[ ! -e no.ordo ] && [ ! -e no.safetensors ] || fail "something was written"

# Damaged: each cut of the file, and bytes that are something else.
size=$(stat -c %s tower.onnx)
for cut in 0 1 2 10 100 $((size / 2)) $((size - 1)); do
  head -c "$cut" tower.onnx >cut.onnx
  expect 1 "cut after $cut bytes" "$ordo" import cut.onnx -o no.ordo
  says "error[E0" "cut after $cut bytes"
done
expect 1 "a file that is missing" "$ordo" import none.onnx -o no.ordo

# Files as others write them, byte by byte.
expect 0 "models written by hand" python3 "$root/tests/e2e/onnx_by_hand.py" "$ordo"
finish
