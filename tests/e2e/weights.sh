#!/usr/bin/env bash
# Weights in files of other programs: the same numbers whichever file they come from, in run, build and a training program;
# what a pickle would call is not called.
. "$(dirname "$0")/common.sh"
cp "$root"/tests/weights/* "$work"
cd "$work" || exit 1
cat >m.ordo <<'END'
layer Linear() {
  weight: f32[2, 3] ~ zeros
  bias:   f32[2] ~ zeros
  fn (x: f32[B, 3]) -> f32[B, 2] {
    y[b, o] = sum[i](x[b, i] * weight[o, i]) + bias[o]
    y
  }
}
layer Rows() {
  q4_k: f32[2, 256] ~ zeros
  q6_k: f32[2, 256] ~ zeros
  q8_0: f32[2, 256] ~ zeros
  fn (x: f32[256]) -> f32[2] { q4_k @ x + q6_k @ x + q8_0 @ x }
}
layer Part() {
  unread: f32[2, 256] ~ zeros
  fn (x: f32[256]) -> f32[2] { unread @ x }
}
names torch {
  "weight" = "model.0.weight"
  "bias" = "model.0.bias"
  skip "model.1.weight"
  skip "model.1.bias"
  skip "model.1.running_mean"
  skip "model.1.running_var"
  skip "model.1.num_batches_tracked"
  skip "moments.1.0"
  skip "3"
}
train second {
  a = Linear() from "nested.pt" at "model.0" frozen
  b = Linear() from "module.npz" at "0" frozen
  c = Linear() from "nested.pt" names torch
  d = Linear() from "module.pt" at "0"
  steps = 1
  step {
    x[b, i] = 1 with b in 4, i in 3
    log difference = sum(abs(a(x) - b(x)) + abs(a(x) - c(x)) + abs(a(x) - d(x))), size = sum(abs(a(x)))
  }
}
END
x='[[1, 2, 3]]'
for file in script.pt script.npz; do
  expect 0 "$file" "$ordo" run m.ordo Linear "$x" --weights "$file" --digits 0
  cp out "$file.out"
done
cmp script.pt.out script.npz.out || fail "the .pt and the .npz do not agree"
python3 -c "print([1] * 256)" >ones
for file in all.gguf all.npz; do
  expect 0 "$file" "$ordo" run m.ordo Rows "$(cat ones)" --weights "$file" --digits 0
  cp out "$file.out"
done
cmp all.gguf.out all.npz.out || fail "the .gguf and the .npz do not agree"
expect 1 "a type that is not decoded" "$ordo" run m.ordo Part "$(cat ones)" --weights all.gguf
says "the element type number 6" "unread"
expect 0 "from" "$ordo" train m.ordo second --out run -q
grep -q '"difference": 0,' run/metrics.jsonl && ! grep -q '"size": 0[,}]' run/metrics.jsonl || fail "from: $(cat run/metrics.jsonl)"

# os.system("touch called")
mkdir evil && printf '\200\2cos\nsystem\nX\14\0\0\0touch called\205R.' >evil/data.pkl && python3 -m zipfile -c evil.pt evil/
expect 1 "a call" "$ordo" run m.ordo Linear "$x" --weights evil.pt
[ ! -e called ] || fail "a pickle was executed"
finish
