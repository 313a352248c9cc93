# args: check
# exit: 1
# The index of an element used as a number.
fn weighted(x: f32[B, {N}]) -> f32[B] {
  r[b] = sum[n](x[b, n] * f32(n))
  r
}
# ---
set_number.ordo:3:17: error[E0411]: the position in the set {N} is used as a number
  3 |   r[b] = sum[n](x[b, n] * f32(n))
    |                 ^^^^^^^^^^^^^^^^
set_number.ordo:2:13: note: the set {N} is declared here
  2 | fn weighted(x: f32[B, {N}]) -> f32[B] {
    |             ^^^^^^^^^^^^^^
set_number.ordo:3:27: note: the positions are made here
  3 |   r[b] = sum[n](x[b, n] * f32(n))
    |                           ^^^^^^
    = help: the elements have no positions: compare an index with an index into the set (n == k[b]), give the elements their position as data, or write as_sequence(x) if the order matters

1 error
