# args: opt {} attend --passes=inline,simplfy
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0601]: there is no pass 'simplfy'
    = help: did you mean 'simplify'?
    = help: the passes are: inline, grad, sets, reach, simplify, saturate, contract, scan-hoist, scan-defer, scan-rows, distribute, blocks, precision, fuse, plan; pipelines of them: loops, prove, rewrite1, rewrite2, O0, O1, O2, O1-single, O2-single

1 error
