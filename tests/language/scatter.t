# args: run --json {} main
# exit: 0
# Terms that go to places of their own: sums, the largest, two places, a softmax over segments, derivatives, no terms. By hand.
fn total(dst: <N>[E], m: f32[E, H]) -> f32[N, H] {
  y[dst[e], h] = sum[e](m[e, h])
  y
}

fn segment_softmax(dst: <N>[E], m: f32[E]) -> f32[E] {
  top[dst[e]] = max[e](m[e])
  z[e] = exp(m[e] - top[dst[e]])
  s[dst[e]] = sum[e](z[e])
  p[e] = z[e] / s[dst[e]]
  p
}

fn main() {
  dst[e] = index((3 * e) % 4, 4) with e in 5            # 0, 3, 2, 1, 0
  row[b, e] = index(b + e, 3) with b in 2, e in 2       # 0 1 / 1 2
  column[b, e] = index(e, 2) with b in 2, e in 2        # 0 1 / 0 1
  m[e, h] = 10.0 ** f32(h) * f32(e + 1) with e in 5, h in 2
  w[b, e] = f32(1 + b + e) with b in 2, e in 2
  cells[b, row[b, e], column[b, e]] = sum[e](w[b, e])
  most[dst[e]] = max[e](m[e, 0])
  least[dst[e]] = min[e](m[e, 0])
  three[k] = index(2, 5) with k in 0                     # no terms
  none[three[k]] = max[k](f32(k))
  counts[dst[e]] = sum[e](1)
  hit[dst[e]] = any[e](m[e, 0] > 4)
  g = grad(sum(total(dst, m) ** 2), m)
  (total(dst, m), cells, most, least, none, counts, hit, segment_softmax(dst, zeros(5)), g)
}
# ---
{"result1": [[6, 60], [4, 40], [3, 30], [2, 20]],
 "cells": [[[1, 0], [0, 2], [0, 0]], [[0, 0], [2, 0], [0, 3]]],
 "most": [5, 4, 3, 2],
 "least": [1, 4, 3, 2],
 "none": ["-inf", "-inf", "-inf", "-inf", "-inf"],
 "counts": [2, 1, 1, 1],
 "hit": [true, false, false, false],
 "result8": [0.5, 1, 1, 1, 0.5],
 "g": [[12, 120], [4, 40], [6, 60], [8, 80], [12, 120]]}
