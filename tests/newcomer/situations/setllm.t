# args: check
# exit: 0
import documents
layer Net(V) { d: SetDecoder(V, 16, 2)
  fn (x: <V>[B, P], xm: mask[B, P], docs: <V>[B, {N}, S], dm: bool[B, {N}, S], y: <V>[B, T], ym: mask[B, T]) -> f32[B, T, V] {
    d(x, xm, docs, dm, y, ym)
  } }
train t { net = Net(9)
 steps = 0
 step { log a = 1 } }
# ---
