# args: check
# exit: 0
# accept or reject draft tokens (Leviathan et al. 2023): p of the model, q of the draft, y the draft's tokens
fn accepted(p: f32[B, T, V], q: f32[B, T, V], y: <V>[B, T]) -> (i32[B], <V>[B]) {
  r = uniform(0, 1, [B, T])
  ok[b, t] = r[b, t] * q[b, t, y[b, t]] < p[b, t, y[b, t]]
  run[b, t] = cumprod[t](i32(ok[b, t]))
  n[b] = sum[t](run[b, t])
  at[b] = index(n[b], T)
  rest[b, v] = max(p[b, at[b], v] - q[b, at[b], v], 0)
  g = gumbel([B, V])
  next[b] = argmax[v](log(rest[b, v] + 1e-20) + g[b, v])
  (n, next)
}
# ---
