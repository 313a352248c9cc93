# args: opt {}
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[B] = total(%0, axes=[1])
  return %1 "total"
}
# ---
graph.ir:3:16: error[E0501]: there is no op 'total'
  3 |   %1: f32[B] = total(%0, axes=[1])
    |                ^^^^^
    = help: an op of a plug-in wants --plugin=FILE

1 error
