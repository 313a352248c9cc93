# args: run --digits 5 {} Ends.ends
# exit: 0
# Edit distances, matchings and recurrent cells at the ends of their arguments: nothing there, one element, equal costs, large numbers.
import edit
import matching
import rnn

fn distances(a: <3>[B, U], am: bool[B, U], b: <3>[B, T], bm: bool[B, T]) -> f32[B] { edit_distance(a, am, b, bm) }

fn nearest(cost: f32[B, {N}, {N}], r: mask[B, {N}], c: mask[B, {N}], alone: f32) -> (f32[B], f32[B], f32[B, N, N], f32[B, N, N]) {
  x = chamfer(cost, r, c)
  y = hungarian(cost, r, c, alone)
  (x, y, grad(sum(x), cost), grad(sum(y), cost))
}

layer Ends() {
  lstm: LSTM(2, 2)
  gru:  GRU(2, 2)
  fn cells(x: f32[B, 2], h: f32[B, 2]) -> (bool, bool) {
    (y, c) = lstm(x, h, h)
    s = sum(y) + sum(c) + sum(gru(x, h))
    d = grad(s, x)
    (abs(s) < inf, all(abs(d) < inf))
  }
  fn ends() {
    a[b, u] = index(u, 3) with b in 3, u in 3
    all3[b, u] = b > 0 with b in 3, u in 3
    two[b, u] = b < 2 with b in 3, u in 2
    short[b, u] = index(u, 3) with b in 3, u in 2
    none[b, t] = index(0, 3) with b in 3, t in 0
    no[b, t] = true with b in 3, t in 0
    same[b, n, m] = 1.0 with b in 1, n in 2, m in 2
    here[b, n] = true with b in 1, n in 2
    gone[b, n] = false with b in 1, n in 2
    big[b, d] = 1e30 with b in 1, d in 2
    zero[b, d] = 0.0 with b in 1, d in 2
    (distances(a, all3, short, two), distances(a, all3, none, no), nearest(same, here, here, 5), nearest(same, gone, gone, 5),
        nearest(same, here, gone, 5), cells(big, zero), cells(zero, zero))
  }
}
# ---
result1 = [2, 1, 3]
result2 = [0, 3, 3]
result3 = [4]
result4 = [2]
result5 = 
[[[1, 1],
  [1, 1]]]
result6 = 
[[[1, 0],
  [0, 1]]]
result7 = [0]
result8 = [0]
result9 = 
[[[0, 0],
  [0, 0]]]
result10 = 
[[[0, 0],
  [0, 0]]]
result11 = [inf]
result12 = [10]
result13 = 
[[[0, 0],
  [0, 0]]]
result14 = 
[[[0, 0],
  [0, 0]]]
result15 = true
result16 = true
result17 = true
result18 = true
