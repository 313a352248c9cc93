# args: check {}
# exit: 1
# Padding is summed.
fn total(x: f32[B, {N}, D], there: mask[B, {N}]) -> f32[B, D] {
  y = tanh(x)
  s[b, d] = sum[n](y[b, n, d])
  s
}
# ---
mask_sum.ordo:4:13: error[E0413]: padding of the axis N is summed
  4 |   s[b, d] = sum[n](y[b, n, d])
    |             ^^^^^^^^^^^^^^^^^^
mask_sum.ordo:2:29: note: the axis N is padded: this mask says so
  2 | fn total(x: f32[B, {N}, D], there: mask[B, {N}]) -> f32[B, D] {
    |                             ^^^^^^^^^^^^^^^^^^^
mask_sum.ordo:3:7: note: its padding comes through 'y'
  3 |   y = tanh(x)
    |       ^^^^^^^
    = help: put 0 there first: sum[n](where(mask[b, n], x[b, n], 0))

1 error
