# args: opt {}
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[B] = sum(%0, axes=1])
  return %1 "total"
}
# ---
graph.ir:3:29: error[E0500]: the text of the graph cannot be read here
  3 |   %1: f32[B] = sum(%0, axes=1])
    |                             ^
    = expected  '['
    = got       '1'

1 error
