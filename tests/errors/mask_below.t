# args: check {}
# exit: 1
# Elements may be -inf: then the largest is what stands at padding, if there is any.
fn largest(x: f32[B, {N}], there: mask[B, {N}]) -> f32[B] {
  s[b, n] = where(x[b, n] > 0, x[b, n], -inf)
  m[b] = max[n](where(there[b, n], s[b, n], -1e30))
  m
}
# ---
mask_below.ordo:4:10: error[E0413]: padding of the axis N takes part in a maximum
  4 |   m[b] = max[n](where(there[b, n], s[b, n], -1e30))
    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
mask_below.ordo:2:28: note: the axis N is padded: this mask says so
  2 | fn largest(x: f32[B, {N}], there: mask[B, {N}]) -> f32[B] {
    |                            ^^^^^^^^^^^^^^^^^^^
    = help: put -inf there first, also before a softmax: max[n](where(mask[b, n], x[b, n], -inf))

1 error
