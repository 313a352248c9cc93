# args: check {}
# exit: 1
# The elements of a row are handed on to the next row, which has another order.
fn before(x: f32[B, {N}]) -> f32[B, {N}] {
  scan b in B, p = zeros(N) {
    y[b, :] = p + x[b, :]
    p = x[b, :]
  }
  y
}
# ---
set_handed_on.ordo:3:8: error[E0410]: elements at the same place of different rows are combined, but each row of the set {N} has an order of its own
  3 |   scan b in B, p = zeros(N) {
    |        ^
set_handed_on.ordo:2:11: note: the set {N} is declared here
  2 | fn before(x: f32[B, {N}]) -> f32[B, {N}] {
    |           ^^^^^^^^^^^^^^
    = help: reduce over the set before rows are combined; or, if all rows share one order, declare the set without them

1 error
