# args: check
# exit: 0
import linear
layer MoE(D, E, K, F) {
  gate: Linear(D, E)
  up: f32[E, D, F] ~ normal(0.1)
  down: f32[E, F, D] ~ normal(0.1)
  fn (x: f32[T, D]) -> (f32[T, D], f32) {
    p[t, e] = softmax[e](gate(x)[t, e])
    rank[t, i] = argsort[e](-p[t, e])
    top = rank[:, :K]
    w[t, k] = p[t, top[t, k]]
    z[t] = sum[k](w[t, k])
    h[t, k, f] = relu(sum[d](x[t, d] * up[top[t, k], d, f]))
    y[t, d] = sum[k, f](w[t, k] / z[t] * h[t, k, f] * down[top[t, k], f, d])
    used[e] = mean[t](p[t, e])
    (y, E * sum(used ** 2))
  }
}
# ---
