# args: opt {} attend --remarks=fuse --stop-after=fuse -o /dev/null
# exit: 0
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
opt_remarks.ordo:3:13: missed[fuse:not-fused]: 'max_over' is not fused with its operand %4 'sum': their shapes differ (max_over:f32[B])
opt_remarks.ordo:3:13: missed[fuse:not-fused]: 'sub' is not fused with its operand %4 'sum': their shapes differ (sub:f32[B, N])
opt_remarks.ordo:4:20: missed[fuse:not-fused]: 'mul' is not fused with its operand %11 'div': their shapes differ (mul:f32[B, N, H])
