#!/usr/bin/env bash
# Kernels that run on the rows of a product: a result with another axis in front of the rows (heads of attention) has the same numbers as
# one with the rows in front, on any number of threads.
. "$(dirname "$0")/common.sh"
cat >"$work/m.ordo" <<'END'
fn inputs() {
  x[n, d] = sin(f32(n) + 0.7 * f32(d)) with n in 512, d in 128
  W[d, k] = cos(0.3 * f32(d) * f32(k)) with d in 128, k in 128
  q[h, i] = sin(f32(h) * 1.7 + f32(i)) with h in 4, i in 32
  (x, W, q)
}
fn behind() -> f32[4, 512] {
  (x, W, q) = inputs()
  k = reshape(x @ W, [512, 4, 32])
  e[h, n] = sum[i](q[h, i] * k[n, h, i])
  e
}
fn one_query() -> f32[1, 4, 1, 512] {
  (x, W, q) = inputs()
  k = reshape(x @ W, [1, 512, 4, 32])
  e[b, h, u, n] = sum[i](q[h, i] * k[b, n, h, i]) with u in 1
  e
}
fn in_front() -> f32[512, 4] {
  (x, W, q) = inputs()
  k = reshape(x @ W, [512, 4, 32])
  r[n, h] = sum[i](q[h, i] * k[n, h, i])
  r
}
END
for threads in 1 2 3; do
  for f in behind one_query in_front; do "$ordo" run "$work/m.ordo" $f --json -t $threads >"$work/$f.$threads" || fail "$f"; done
  python3 - "$work"/{behind,one_query,in_front}.$threads <<'PYTHON' || fail "$threads threads"
import json, sys
def numbers(name):
    value = json.load(open(name))
    while not isinstance(value, list): value = next(iter(value.values()))
    return value
a, b, r = map(numbers, sys.argv[1:])
far = max(max(abs(a[h][n] - r[n][h]), abs(b[0][h][0][n] - r[n][h])) for h in range(4) for n in range(512))
sys.exit(not far < 1e-4)
PYTHON
  for f in behind one_query in_front; do same "$work/$f.1" "$work/$f.$threads" "$f, $threads threads"; done
done
finish
