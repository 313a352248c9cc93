# args: opt {}
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[4] = sum(%0, axes=[1])
  return %1 "total"
}
# ---
graph.ir:3:3: error[E0502]: sum: expected the result type f32[B], got f32[4]
  3 |   %1: f32[4] = sum(%0, axes=[1])
    |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
