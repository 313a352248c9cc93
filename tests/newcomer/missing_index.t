# args: check
# exit: 1
fn f(x: f32[B, N]) -> f32[B] {
  y[b] = sum[n](x[n])
  y
}
# ---
missing_index.ordo:2:17: error[E0205]: 1 subscript for a tensor of 2 axes
  2 |   y[b] = sum[n](x[n])
    |                 ^^^^
    = got       f32[B, N]
missing_index.ordo:1:6: note: declared here
  1 | fn f(x: f32[B, N]) -> f32[B] {
    |      ^
    = help: every axis gets a subscript; ':' keeps an axis, '..' all leading ones

1 error
