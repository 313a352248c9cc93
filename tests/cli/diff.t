# args: diff {} new.ordo
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# +++ new.ordo
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n] * 0.5)
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  tanh(r)
}
# ---
--- diff.ordo
+++ new.ordo
+ %6: f32[B, N] = mul(e, 0.5)  at new.ordo:3:24
- %5: f32[B] = max_over(e, axes=[1])  at diff.ordo:3:13
+ %7: f32[B] = max_over(%6, axes=[1])  at new.ordo:3:13
- %8: f32[B, N] = sub(e, %7)  at diff.ordo:3:13
+ %10: f32[B, N] = sub(%6, %9)  at new.ordo:3:13
+ %18: f32[B, H] = tanh(r)  at new.ordo:5:3
- return r "r"
+ return %18
2 changed, 0 removed, 2 added, 14 the same
