# args: export {} f -o none.onnx
# exit: 1
fn f(x: f32[B, N, N]) -> f32[B, N, N] {
  y = x * 2
  cholesky(y)
}
# ---
E0711_export_failed.ordo:3:3: error[E0711]: ONNX has no operator for 'cholesky', a factor of a matrix
  3 |   cholesky(y)
    |   ^^^^^^^^^^^

1 error
