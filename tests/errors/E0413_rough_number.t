# args: check {}
# exit: 1
# What the cosine of a large number is depends on its last digit: no number to go on with.
fn rough(x: f32[B, {N}], mask: mask[B, {N}]) -> f32[B] {
  y[b] = sum[n](relu(cos(where(mask[b, n], x[b, n], -1e30)) - 0.999))
  y
}
fn steady(x: f32[B, {N}], mask: mask[B, {N}]) -> f32[B] {
  y[b] = sum[n](relu(exp(where(mask[b, n], x[b, n], -1e30)) * 0.3))
  y
}
# ---
E0413_rough_number.ordo:3:10: error[E0413]: padding of the axis N is summed
  3 |   y[b] = sum[n](relu(cos(where(mask[b, n], x[b, n], -1e30)) - 0.999))
    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0413_rough_number.ordo:2:26: note: the axis N is padded: this mask says so
  2 | fn rough(x: f32[B, {N}], mask: mask[B, {N}]) -> f32[B] {
    |                          ^^^^^^^^^^^^^^^^^^
    = help: put 0 there first: sum[n](where(mask[b, n], x[b, n], 0))

1 error
