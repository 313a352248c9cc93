# args: check
# exit: 0
# dilated causal convolution
fn causal(x: f32[B, T, I], w: f32[K, I, O], D: size) -> f32[B, T, O] {
  p[b, t, i] = pad[t](x[b, t, i], D * (K - 1), 0)
  y[b, t, o] = sum[k, i](p[b, t + D*k, i] * w[k, i, o])
  y
}
# ---
