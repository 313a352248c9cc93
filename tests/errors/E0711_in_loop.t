# args: export {} f -o none.onnx
# exit: 1
fn f(x: f32[N, N]) -> f32[N, N] {
  scan t in 3, y = x {
    y = cholesky(y) + x
  }
  y
}
# ---
E0711_in_loop.ordo:3:9: error[E0711]: ONNX has no operator for 'cholesky', a factor of a matrix
  3 |     y = cholesky(y) + x
    |         ^^^^^^^^^^^

1 error
