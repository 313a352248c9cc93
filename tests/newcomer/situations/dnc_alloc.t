# args: check
# exit: 0
# the allocation weighting of a DNC: free places first
fn allocation(u: f32[B, N]) -> f32[B, N] {
  phi[b, n] = argsort[n](u[b, n])
  s[b, n] = u[b, phi[b, n]]
  before[b, n] = cumprod[n](s[b, n])
  free[b, n] = (1 - s[b, n]) * where(n == 0, 1, before[b, max(n - 1, 0)])
  a[b, phi[b, n]] = sum[n](free[b, n])
  a
}
# ---
