# args: opt {} all --passes=rewrite1
# exit: 0
# Sums of what falls to each place are scatters: rows, counts, with a condition, in a batch, over two axes of the index, with axes that are only summed;
# their derivatives are gathers. Values that have the axis of places are looked up first.
fn all(m: f32[E, H], dst: <N>[E], ok: bool[E], b: f32[B, E, H], to: <N>[B, E], k: f32[H, E, K, D], two: <N>[E, K], x: f32[E, N]) {
  rows[n, h] = sum[e](where(dst[e] == n, m[e, h], 0)) with n in N
  count[n] = sum[e](f32(dst[e] == n)) with n in N
  some[n, h] = sum[e](where(ok[e] and n == dst[e], m[e, h], 0)) with n in N
  batch[c, n, h] = sum[e](where(to[c, e] == n, b[c, e, h], 0)) with n in N
  pairs[h, n, d] = sum[e, j](where(two[e, j] == n, k[h, e, j, d], 0)) with n in N
  extra[h, n] = sum[e, j, d](where(dst[e] == n, k[h, e, j, d], 0)) with n in N
  varies[n] = sum[e](where(dst[e] == n, x[e, n], 0))
  (rows, count, some, batch, pairs, extra, varies, grad(sum(rows ** 2), m))
}
# ---
graph &0 "all" {
  %0: f32[E, H] = param(index=0) "m"
  %1: <N>[E] = param(index=1) "dst"
  %2: bool[E] = param(index=2) "ok"
  %3: f32[B, E, H] = param(index=3) "b"
  %4: <N>[B, E] = param(index=4) "to"
  %5: f32[H, E, K, D] = param(index=5) "k"
  %6: <N>[E, K] = param(index=6) "two"
  %7: f32[E, N] = param(index=7) "x"
  %8: f32[N, H] = scatter_add(%1, %0, axis=0, batch=0) "rows"
  %9: f32[E] = const(value=1)
  %10: f32[N] = scatter_add(%1, %9, axis=0, batch=0) "count"
  %11: bool[E, H] = broadcast(%2, axes=[0])
  %12: f32[E, H] = const(value=0)
  %13: f32[E, H] = where(%11, %0, %12)
  %14: f32[N, H] = scatter_add(%1, %13, axis=0, batch=0) "some"
  %15: f32[B, N, H] = scatter_add(%4, %3, axis=1, batch=1) "batch"
  %16: f32[H, N, D] = scatter_add(%6, %5, axis=1, batch=0) "pairs"
  %17: f32[H, E] = sum(%5, axes=[2, 3])
  %18: f32[H, N] = scatter_add(%1, %17, axis=1, batch=0) "extra"
  %19: f32[E] = gather(%7, %1, axis=1, batch=1)
  %20: f32[N] = scatter_add(%1, %19, axis=0, batch=0) "varies"
  %21: f32[N, H] = add(%8, %8)
  %22: f32[E, H] = gather(%21, %1, axis=0, batch=0)
  return %8 "rows", %10 "count", %14 "some", %15 "batch", %16 "pairs", %18 "extra", %20 "varies", %22
}
