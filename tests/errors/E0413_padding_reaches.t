# args: check {}
# exit: 1
# Padding is left out of the sum, but counts in the mean.
fn average(x: f32[B, {N}, D], there: mask[B, {N}]) -> f32[B, D] {
  m[b, d] = mean[n](where(there[b, n], x[b, n, d], 0))
  m
}
# ---
E0413_padding_reaches.ordo:3:13: error[E0413]: the extent N is used as a number: it counts padding, too
  3 |   m[b, d] = mean[n](where(there[b, n], x[b, n, d], 0))
    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0413_padding_reaches.ordo:2:31: note: the axis N is padded: this mask says so
  2 | fn average(x: f32[B, {N}, D], there: mask[B, {N}]) -> f32[B, D] {
    |                               ^^^^^^^^^^^^^^^^^^^
    = help: count elements: max(sum[n](f32(mask[b, n])), 1) is what a mean over them divides by

1 error
