# args: check {}
# exit: 1
# With 0 at padding the largest of negative numbers is 0.
fn largest(x: f32[B, {N}], there: mask[B, {N}]) -> f32[B] {
  m[b] = max[n](where(there[b, n], x[b, n], 0))
  m
}
# ---
mask_max.ordo:3:10: error[E0413]: padding of the axis N takes part in a maximum
  3 |   m[b] = max[n](where(there[b, n], x[b, n], 0))
    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
mask_max.ordo:2:28: note: the axis N is padded: this mask says so
  2 | fn largest(x: f32[B, {N}], there: mask[B, {N}]) -> f32[B] {
    |                            ^^^^^^^^^^^^^^^^^^^
    = help: put -inf there first, also before a softmax: max[n](where(mask[b, n], x[b, n], -inf))

1 error
