# args: opt {} attend --without=simplify@7
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, H] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](a[b, n] * m[b, n, d])
  r
}
# ---
error[E0607]: the pass 'simplify' does not stand 7 times in the pipeline
    = help: the pipeline is: inline,scan-hoist,scan-defer,grad,sets,simplify,contract,scan-hoist,scan-defer,scan-rows,simplify,contract,blocks,precision,fuse,plan

1 error
