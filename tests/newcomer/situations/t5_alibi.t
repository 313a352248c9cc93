# args: check
# exit: 0
# relative places: buckets of T5, slopes of ALiBi
fn buckets(T: size, N: size, far: f32) -> <N>[T, T] {
  d[t, s] = max(t - s, 0) with t in T, s in T
  half = N / 2
  big[t, s] = half + i32(log(max(f32(d[t, s]), 1) / half) / log(far / half) * (N - half))
  k[t, s] = index(where(d[t, s] < half, d[t, s], min(big[t, s], N - 1)), N)
  k
}
fn t5_bias(table: f32[N, H], T: size) -> f32[H, T, T] {
  k = buckets(T, N, 128)
  b[h, t, s] = table[k[t, s], h]
  b
}
fn alibi(H: size, T: size) -> f32[H, T, T] {
  b[h, t, s] = -(2.0 ** (-8 * f32(h + 1) / H)) * f32(abs(t - s))
  b
}
# ---
