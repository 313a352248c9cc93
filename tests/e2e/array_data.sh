#!/usr/bin/env bash
# Arrays as data: .npz and .npy, whose first axis is the examples: batches, splits, whole evaluations, resumed runs, and what does not fit.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >make.ordo <<'END'
fn main() {
  x[n, h, w] = f32(n) + 0.01 * f32(4 * h + w) with n in 20, h in 3, w in 4
  y[n] = index(n % 5, 5) with n in 20
  z[n, a] = f64(n * 10 + a) with n in 20, a in 2
  (x, y, z)
}
fn one() { x[n, k] = f32(n * 2 + k) with n in 7, k in 2; x }
fn bad() {
  x[n] = where(n == 3, 0.0 / 0.0, f32(n)) with n in 8
  y[n] = i32(where(n == 5, 9, i32(n))) with n in 8
  (x, y)
}
END
"$ordo" run make.ordo main --out m.npz >/dev/null || fail "m.npz"
"$ordo" run make.ordo one --out one.npy >/dev/null || fail "one.npy"
"$ordo" run make.ordo bad --out bad.npz >/dev/null || fail "bad.npz"

# each image belongs to its label, in steps (any order), in whole evaluations (in order), and in repeats
cat >m.ordo <<'END'
data m = npz("m.npz", valid = 0.3) { x: f32[3, W]  y: <5>  far: f64(field = "z")[2] }
train t {
  steps = 6
  step {
    b = m.batch(4)
    n[i] = floor(b.x[i, 0, 0] + 0.005)
    wrong[i] = i32(n[i]) % 5 != i32(b.y[i]) or f64(n[i]) * 10 != b.far[i, 0]
    repeat 2 {
      c = m.batch(3)
      log twice = max(c.x)
    }
    log wrong = sum(f32(wrong)), sum = sum(b.x[:, 0, 0])
  }
  eval all every 3 over b in m.batches(3, split = "valid") {
    one[i] = 1.0 with i in 3
    log count = mean(b.x * 0 + 1), last = max(b.x[:, 0, 0])
  }
}
END
"$ordo" train -q m.ordo --out a --log-every 1 >a.txt 2>&1 || { cat a.txt; fail "training on arrays"; }
grep -q 'wrong  *0$' a.txt || { cat a.txt; fail "images and labels"; }
grep -qE 'wrong  *[1-9]' a.txt && fail "an image has another label"
"$ordo" data m.ordo >data.txt || fail "ordo data"
grep -q 'x: f32\[20, 3, 4\], 240 in all' data.txt || { cat data.txt; fail "ordo data shows shapes"; }
train=$(awk '$1 == "train" { print $2 }' data.txt) valid=$(awk '$1 == "valid" { print $2 }' data.txt)
[ "$((train + valid))" = 20 ] && [ "$valid" -gt 0 ] || { cat data.txt; fail "splits"; }

# a killed run goes on with the same batches
"$ordo" train -q m.ordo --out b --steps 3 >/dev/null 2>&1 && "$ordo" train -q m.ordo --out b --resume >/dev/null 2>&1 || fail "resumed"
cmp -s a/checkpoint.safetensors b/checkpoint.safetensors || fail "a resumed run differs"

# one array
cat >one.ordo <<'END'
data d = npy("one.npy") { v: f32[2] }
train t { steps = 1
  step { log n = size(7) * 1.0 }
  eval over b in d.batches(3) { log first = mean(b.v[:, 0]), second = mean(b.v[:, 1]) } }
END
"$ordo" train -q one.ordo --out c >one.txt 2>&1 || { cat one.txt; fail "npy"; }
grep -q 'first  *6$' one.txt && grep -q 'second  *7$' one.txt || { cat one.txt; fail "means of all examples"; }

# what cannot be learned from is left out and said
cat >bad.ordo <<'END'
data d = npz("bad.npz") { x: f32  y: <8> }
train t { steps = 1
  step { b = d.batch(2); log n = sum(b.x) }
  eval over b in d.batches(8) { log rows = sum(b.x * 0 + 1) } }
END
"$ordo" train -q bad.ordo --out d >bad.txt 2>&1 || { cat bad.txt; fail "bad examples"; }
grep -q '2 of 8 examples' bad.txt && grep -q "'x' is not finite" bad.txt && grep -q "'y' is no index" bad.txt || { cat bad.txt; fail "said"; }
grep -q 'rows  *6$' bad.txt || { cat bad.txt; fail "left out"; }

# what does not fit its column
refused() { # TEXT WORDS
  printf '%s\ntrain t { steps = 1\n step { b = d.batch(2); log n = 1 } }\n' "$1" >w.ordo
  "$ordo" train -q w.ordo --out w >w.txt 2>&1 && fail "accepted: $1"
  grep -q "$2" w.txt || { cat w.txt; fail "no '$2' of: $1"; }
}
refused 'data d = npz("m.npz") { q: f32 }' "has no array 'q'"
refused 'data d = npz("m.npz") { x: f32[3, 5] }' 'does not fit its column'
refused 'data d = npz("m.npz") { x: f32[3] }' 'does not fit its column'
refused 'data d = npz("m.npz") { x: f32[A, A] }' 'does not fit its column'
refused 'data d = npz("m.npz") { x: chars[S] }' 'has numbers, and no text'
refused 'data d = npy("one.npy") { a: f32[2]  b: f32 }' 'has one column'
refused 'data d = npz("none.npz") { x: f32 }' 'E0001'
refused 'data d = npz("m.npz") { x: f32(field = 2)[3, 4] }' 'is the name of an array'
refused 'data d = npz("m.npz", valid = 1.0) { x: f32[3, 4] }' 'E0813\|E0310'
finish
