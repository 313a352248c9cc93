# args: check
# exit: 0
layer Codes(K, D) {
  C: f32[K, D] ~ normal(1)
  fn (z: f32[B, D]) -> (f32[B, D], <K>[B], f32) {
    far[b, k] = sum[d]((z[b, d] - C[k, d]) ** 2)
    k[b] = argmin[k](far[b, k])
    e[b, d] = C[k[b], d]
    loss = mean((stop_gradient(z) - e) ** 2) + 0.25 * mean((z - stop_gradient(e)) ** 2)
    (z + stop_gradient(e - z), k, loss)
  }
}
# ---
