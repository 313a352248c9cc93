# args: check
# exit: 1
# Elements at the same place of different rows meet: each row has an order of its own.
fn center(x: f32[B, {N}, D]) -> f32[B, D] {
  m[n, d] = mean[b](x[b, n, d])
  y[b, n, d] = abs(x[b, n, d] - m[n, d])
  r[b, d] = sum[n](y[b, n, d])
  r
}

fn before(x: f32[B, {N}]) -> f32[B] {
  scan b in B, last = zeros(N) {
    y[b, :] = abs(x[b, :] - last)
    last = x[b, :]
  }
  r[b] = sum[n](y[b, n])
  r
}
# ---
set_rows.ordo:3:13: error[E0410]: elements at the same place of different rows are combined, but each row of the set {N} has an order of its own
  3 |   m[n, d] = mean[b](x[b, n, d])
    |             ^^^^^^^^^^^^^^^^^^^
set_rows.ordo:2:11: note: the set {N} is declared here
  2 | fn center(x: f32[B, {N}, D]) -> f32[B, D] {
    |           ^^^^^^^^^^^^^^^^^
    = help: reduce over the set before rows are combined; or, if all rows share one order, declare the set without them

set_rows.ordo:10:8: error[E0410]: elements at the same place of different rows are combined, but each row of the set {N} has an order of its own
  10 |   scan b in B, last = zeros(N) {
     |        ^
set_rows.ordo:9:11: note: the set {N} is declared here
   9 | fn before(x: f32[B, {N}]) -> f32[B] {
     |           ^^^^^^^^^^^^^^
     = help: reduce over the set before rows are combined; or, if all rows share one order, declare the set without them

2 errors
