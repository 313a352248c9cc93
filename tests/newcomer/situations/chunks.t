# args: check
# exit: 0
fn local_attention(q: f32[B, T, D], k: f32[B, T, D], v: f32[B, T, D], C: size) -> f32[B, T, D] {
  assert T % C == 0
  size M = T / C
  (a, b, c) = (reshape(q, [B, M, C, D]), reshape(k, [B, M, C, D]), reshape(v, [B, M, C, D]))
  e[i, m, t, s] = sum[d](a[i, m, t, d] * b[i, m, s, d]) / D ** 0.5
  p[i, m, t, s] = softmax[s](where(s <= t, e[i, m, t, s], -inf))
  r[i, m, t, d] = sum[s](p[i, m, t, s] * c[i, m, s, d])
  reshape(r, [B, T, D])
}
# ---
