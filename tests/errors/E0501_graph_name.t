# args: opt {}
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[B, 4] = param(index=0) "x"
  %1: f32[B] = sum(%3, axes=[1])
  return %1 "total"
}
# ---
graph.ir:3:20: error[E0501]: there is no node %3 before this line
  3 |   %1: f32[B] = sum(%3, axes=[1])
    |                    ^^

1 error
