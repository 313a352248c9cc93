# args: prove {} attend --rows=B --causal=T
# A causal attention, row by row.
fn attend(x: f32[B, T, D]) -> f32[B, T, D] {
  e[b, t, u] = sum[d](x[b, t, d] * x[b, u, d])
  a[b, t, u] = softmax[u](where(u <= t, e[b, t, u], -inf))
  r[b, t, d] = sum[u](a[b, t, u] * x[b, u, d])
  r
}
# ---
attend, rows of B
  e                    f32[B, T, T]             row by row along axis 0  (prove.ordo:3:16)
  a                    f32[B, T, T]             row by row along axis 0, if what is masked out is finite  (prove.ordo:4:16)
  r                    f32[B, T, D]             row by row along axis 0, if what is masked out is finite  (prove.ordo:5:16)
  => r                 f32[B, T, D]             row by row along axis 0, if what is masked out is finite  (prove.ordo:5:16)

attend, later places of T
  e                    f32[B, T, T]             depends on later places: all places of T are put together  (prove.ordo:3:16)
  a                    f32[B, T, T]             causal along axis 1, if what is masked out is finite  (prove.ordo:4:16)
  r                    f32[B, T, D]             causal along axis 1, if what is masked out is finite  (prove.ordo:5:16)
  => r                 f32[B, T, D]             causal along axis 1, if what is masked out is finite  (prove.ordo:5:16)

