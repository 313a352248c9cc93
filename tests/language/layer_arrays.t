# args: run --json {} Dense.main x=[[1]]
# exit: 0
# Layers of an array that differ: their extents, their names, their weights in order. By hand.
layer Map(I, O) {
  W: f32[I, O] ~ ones
  fn (x: f32[B, I]) -> f32[B, O] { x @ W }
}

layer Pair(I, n) {
  maps: [k in n] Map(I + k, 2)
  fn (x: f32[B, I]) -> f32[B, 2] { maps[0](x) + maps[1](concat(x, x[:, 0:1])) }
}

layer Dense {
  f:    [i in 3] Map(1 + 2*i, 2)
  none: [i in 0] Map(i, 2)
  pair: [i in 2] Pair(1 + i, 2)
  fn main(x: f32[B, 1]) {
    for g in f { x = concat(x, g(x)) }
    (x, pair[0](x[:, :1]), pair[1](x[:, :2]), f.len, size(none.len))
  }
}
# ---
{"x": [[1, 1, 1, 3, 3, 9, 9]],
 "result2": [[3, 3]],
 "result3": [[5, 5]],
 "result4": 3,
 "result5": 0}
