# args: check
# exit: 1
# A running product is a loop over the set, though the text that loops is built in.
fn wrong(x: f32[B, {N}]) -> f32[B, N] {
  y[b, n] = cumprod[n](x[b, n])
  y
}
fn fine(x: f32[B, {N}, K]) -> f32[B, N, K] {
  y[b, n, k] = cumprod[k](x[b, n, k])
  y
}
# ---
set_cumprod.ordo:3:13: error[E0410]: the loop reads the elements of the set {N} one after another, and hands on what it read
  3 |   y[b, n] = cumprod[n](x[b, n])
    |             ^^^^^^^^^^^^^^^^^^^
set_cumprod.ordo:2:10: note: the set {N} is declared here
  2 | fn wrong(x: f32[B, {N}]) -> f32[B, N] {
    |          ^^^^^^^^^^^^^^
set_cumprod.ordo:3:13: note: the loop is here
  3 |   y[b, n] = cumprod[n](x[b, n])
    |             ^^^^^^^^^^^^^^^^^^^
    = help: reduce over the elements (sum, mean, max) or attend over them; or write as_sequence(x) if the order matters

1 error
