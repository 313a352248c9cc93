# args: check
# exit: 0
import linear
# pairs of a set, summed
layer Janossy(D, H) {
  f: Linear(2*D, H)
  g: Linear(H, 1)
  fn (x: f32[B, {N}, D]) -> f32[B, 1] {
    pair[b, i, j, d] = where(d < D, x[b, i, d % D], x[b, j, d % D]) with d in 2*D
    h = relu(f(pair))
    s[b, k] = mean[i, j](h[b, i, j, k])
    g(s)
  }
}
# ---
