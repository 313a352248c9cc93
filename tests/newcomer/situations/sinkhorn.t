# args: check
# exit: 0
fn sinkhorn(cost: f32[B, N, M], eps: f32, K: size) -> f32[B, N, M] {
  scan k in K, u = zeros(B, N), v = zeros(B, M) {
    u[b, n] = -logsumexp[m](v[b, m] - cost[b, n, m] / eps)
    v[b, m] = -logsumexp[n](u[b, n] - cost[b, n, m] / eps)
  }
  p[b, n, m] = exp(u[b, n] + v[b, m] - cost[b, n, m] / eps)
  p
}
# ---
