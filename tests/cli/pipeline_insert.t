# args: opt {} attend --passes=inline,fuse --insert=sets@before:fuse --insert='simplify{rounds=1}@after:inline' --stop-after=sets
# exit: 0
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
graph &0 "attend" {
  %0: f32[B, H] = param(index=0) "q"
  %1: f32[B, N, H] = param(index=1) "m"
  %2: f32[B, N, H] = broadcast(%0, axes=[0, 2])
  %3: f32[B, N, H] = mul(%1, %2)
  %4: f32[B, N] = sum(%3, axes=[2]) "e"
  %5: f32[B] = max_over(%4, axes=[1])
  %6: f32[B, N] = broadcast(%5, axes=[0])
  %7: f32[B, N] = sub(%4, %6)
  %8: f32[B, N] = exp(%7)
  %9: f32[B] = sum(%8, axes=[1])
  %10: f32[B, N] = broadcast(%9, axes=[0])
  %11: f32[B, N] = div(%8, %10) "a"
  %12: f32[B, N, H] = broadcast(%11, axes=[0, 1])
  %13: f32[B, N, H] = mul(%1, %12)
  %14: f32[B, H] = sum(%13, axes=[1]) "r"
  return %14 "r"
}
