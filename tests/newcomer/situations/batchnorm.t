# args: check
# exit: 0
layer BN(D) {
  g: f32[D] ~ ones
  b: f32[D] ~ zeros
  state mean: f32[D] ~ zeros
  state var: f32[D] ~ ones
  fn (x: f32[B, D]) -> f32[B, D] {
    (m, v) = (mean, var)
    if training {
      m[d] = mean[b](x[b, d])
      v[d] = mean[b]((x[b, d] - m[d]) ** 2)
      mean = 0.9 * mean + 0.1 * m
      var = 0.9 * var + 0.1 * v
    }
    g * (x - m) / sqrt(v + 1e-5) + b
  }
}
# ---
