# args: run {} Tests.checks --trap-nan
# exit: 0
# Decoding stops after the step in which the last sequence ends: the next one would make a NaN, which --trap-nan reports.
import decoding

# Row b ends, with the token 2, at step b; step 4 takes the root of a negative number.
layer Counter {
  fn start(x: <4>[B, P], mask: bool[B, P], T: size) { (x[:, 0], (f32(i32(x[:, 0])), zeros(B))) }
  fn next(y: <4>[B], state: (f32[B], f32[B])) {
    (row, n) = state
    l[b, v] = sqrt(3.5 - n[b]) * where((v == 2) == (row[b] == n[b]) and v >= 2, 50, 0) with v in 4
    (l, (row, n + 1))
  }
}

layer Tests {
  net: Counter()
  fn checks() {
    x[b, p] = index(i32(b), 4) with b in 4, p in 1
    m[b, p] = true with b in 4, p in 1
    (y, real) = greedy(net, x, m, 50, 2)
    (z, z_real, logp) = sample(net, x, m, 50, 2)
    (w, w_real, score) = beam(net, x, m, 50, 2, W = 1)
    (y[:, :6], sum(f32(real)), all(y == z) and all(real == z_real), all(y == w[:, 0, :]) and all(real == w_real[:, 0, :]))
  }
}
# ---
result1 = 
[[2, 0, 0, 0, 0, 0],
 [3, 2, 0, 0, 0, 0],
 [3, 3, 2, 0, 0, 0],
 [3, 3, 3, 2, 0, 0]]
result2 = 10
result3 = true
result4 = true
