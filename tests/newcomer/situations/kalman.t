# args: check
# exit: 0
fn kalman(y: f32[T, M], A: f32[N, N], C: f32[M, N], Q: f32[N, N], R: f32[M, M]) -> f32 {
  I[i, j] = f32(i == j) with i in N, j in N
  scan t in T, m = zeros(N), P = I, ll = 0.0 {
    m = A @ m
    P = A @ P @ transpose(A) + Q
    S = C @ P @ transpose(C) + R
    e = y[t, :] - C @ m
    L = cholesky(S)
    z = solve(L, e)
    K = transpose(solve(S, C @ P))
    m = m + K @ e
    P = P - K @ C @ P
    ll = ll - 0.5 * sum(z ** 2)
  }
  ll
}
# ---
