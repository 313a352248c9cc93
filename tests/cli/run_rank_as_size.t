# args: run {} --random -D k=3
# exit: 1
# file: graph.ir
graph &0 "f" {
  %0: f32[k, 2] = param(index=0) "x"
  %1: f32[2] = all_reduce(%0, axes=[0], ranks=k)
  return %1 "y"
}
# ---
graph.ir:3:41: error[E0501]: there is no attribute 'ranks'
  3 |   %1: f32[2] = all_reduce(%0, axes=[0], ranks=k)
    |                                         ^^^^^

1 error
