# args: check
# exit: 1
# A running sum over a set.
fn running(x: f32[B, {N}]) -> f32[B] {
  c[b, n] = cumsum[n](x[b, n])
  r[b] = max[n](c[b, n])
  r
}
# ---
set_cumsum.ordo:3:13: error[E0410]: a running sum over the set {N} depends on the order
  3 |   c[b, n] = cumsum[n](x[b, n])
    |             ^^^^^^^^^^^^^^^^^^
set_cumsum.ordo:2:12: note: the set {N} is declared here
  2 | fn running(x: f32[B, {N}]) -> f32[B] {
    |            ^^^^^^^^^^^^^^
    = help: sum or mean over the elements; or write as_sequence(x) if the order matters

1 error
