# args: check
# exit: 1
fn f(x: f32[B, N]) -> f32[N] {
  y[b] = sum[n](x[b, n])
  y
}
# ---
result_shape.ordo:3:3: error[E0221]: the result is not of the declared type
  3 |   y
    |   ^
    = expected  f32[N]
    = got       f32[B]
result_shape.ordo:1:23: note: declared here
  1 | fn f(x: f32[B, N]) -> f32[N] {
    |                       ^^^^^^

1 error
