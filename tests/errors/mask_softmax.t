# args: check {}
# exit: 1
# Attention that looks at padding, too.
fn attend(q: f32[B, D], m: f32[B, N, D], there: mask[B, N]) -> f32[B, D] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  r[b, d] = sum[n](where(there[b, n], a[b, n], 0) * m[b, n, d])
  r
}
# ---
mask_softmax.ordo:4:13: error[E0413]: padding of the axis N takes part in a maximum
  4 |   a[b, n] = softmax[n](e[b, n])
    |             ^^^^^^^^^^^^^^^^^^^
mask_softmax.ordo:2:42: note: the axis N is padded: this mask says so
  2 | fn attend(q: f32[B, D], m: f32[B, N, D], there: mask[B, N]) -> f32[B, D] {
    |                                          ^^^^^^^^^^^^^^^^^
mask_softmax.ordo:3:13: note: its padding comes through 'e'
  3 |   e[b, n] = sum[d](q[b, d] * m[b, n, d])
    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    = help: put -inf there first, also before a softmax: max[n](where(mask[b, n], x[b, n], -inf))

1 error
