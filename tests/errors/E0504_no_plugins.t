# args: show {} attend -o picture.svg
# env: GVBINDIR=/nonexistent
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, N] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  a
}
# ---
error[E0504]: Graphviz cannot lay out the picture as svg
    = got       Layout type: "dot" not recognized. Use one of:

1 error
