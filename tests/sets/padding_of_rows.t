# args: check
# exit: 1
# Places of other rows come to be elements of this one, and the infinite numbers that stand at their padding with them.
fn mixed(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  y[b, n] = where(there[b, n], x[b, n], -inf)
  z[n] = min[b](y[b, n])
  w[b] = max[n](where(there[b, n], z[n], -1e30))
  w
}

fn again(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  y[b, n] = where(there[b, n], x[b, n], -inf)
  w[b] = max[n](where(there[b, n], y[b, n] + x[b, n], -inf))
  w
}
# ---
padding_of_rows.ordo:5:10: error[E0413]: padding of the axis N takes part in a maximum
  5 |   w[b] = max[n](where(there[b, n], z[n], -1e30))
    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
padding_of_rows.ordo:2:24: note: the axis N is padded: this mask says so
  2 | fn mixed(x: f32[B, N], there: mask[B, N]) -> f32[B] {
    |                        ^^^^^^^^^^^^^^^^^
    = help: put -inf there first, also before a softmax: max[n](where(mask[b, n], x[b, n], -inf))

1 error
