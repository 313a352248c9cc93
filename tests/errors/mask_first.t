# args: check {}
# exit: 1
# The first step differs from the others, wherever the first element stands.
fn first(x: f32[N], m: mask[N]) -> f32 {
  scan t in N, c = 4.0 {
    y[t] = c
    c = 1.0
  }
  sum[n](where(m[n], y[n] * x[n], 0.0))
}
# ---
mask_first.ordo:3:8: error[E0413]: the loop goes on over the padding of the axis N and changes what it hands on
  3 |   scan t in N, c = 4.0 {
    |        ^
mask_first.ordo:2:21: note: the axis N is padded: this mask says so
  2 | fn first(x: f32[N], m: mask[N]) -> f32 {
    |                     ^^^^^^^^^^
    = help: keep it there: h = where(mask[b, t], new, h)

1 error
