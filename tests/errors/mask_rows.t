# args: check {}
# exit: 1
# The loop hands a row to the next row, with padding where that row has elements.
fn before(x: f32[B, N], m: mask[B, N]) -> f32[B] {
  scan b in B, p = zeros(N) {
    y[b, :] = p
    p = x[b, :]
  }
  s[b] = sum[n](where(m[b, n], y[b, n], 0.0))
  s
}
# ---
mask_rows.ordo:3:8: error[E0413]: rows are put together at each place of the axis N, where some are padding
  3 |   scan b in B, p = zeros(N) {
    |        ^
mask_rows.ordo:2:25: note: the axis N is padded: this mask says so
  2 | fn before(x: f32[B, N], m: mask[B, N]) -> f32[B] {
    |                         ^^^^^^^^^^^^^
    = help: put 0 at padding first: where(mask[b, n], x[b, n], 0)

1 error
