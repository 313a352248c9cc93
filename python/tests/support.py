"""What the tests share: a small model with all kinds of parameters, results and weights."""

import ordo

TEXT = """
import optimizers
import linear
layer Net(I = 3, O = 2) {
  lin: Linear(I, O)
  fn (x: f32[B, I], i: <B>) -> (f32[B, O], f32, i32) {
    h = tanh(lin(x))
    (h, sum(h[i, :]), i32(1))
  }
}
layer Line() {
  w: f32 ~ zeros
  fn (x: f32[B]) -> f32[B] { x * w }
}
fn double(x: f32[N]) -> f32[N] { 2 * x }
fn wide(x: f64[A, B]) -> f64[B, A] {
  y[b, a] = x[a, b]
  y
}
fn whole(n: i32[N], m: bool[N]) -> (i32[N], bool[N]) { (n + 1, not m) }
fn half(x: bf16[N]) -> bf16[N] { x + x }
fn single(x: f32, k: f32) -> f32 { x * x * k }
fn noise(x: f32[N]) -> f32[N] {
  y[n] = x[n] * uniform(0, 1)
  y
}
fn slow(x: f32[N, N]) -> f32[N, N] {
  scan t in 200, y = x { y = tanh(y @ x) }
  y
}
fn masked(x: f32[N], mask: bool[N]) -> f32 {
  y[n] = where(mask[n], x[n] ** 2, 0.0)
  sum(y)
}
train fit {
  net = Line()
  steps = 10
  step {
    x[b] = uniform(0, 1) with b in 16
    loss = mean((net(x) - 3 * x) ** 2)
    minimize loss over net with sgd(lr = 0.5)
    log loss
  }
  eval valid every 4 {
    x[b] = uniform(0, 1) with b in 4
    log error = mean((net(x) - 3 * x) ** 2)
  }
}
"""


def model(**options):
    return ordo.loads(TEXT, "support.ordo", **options)
