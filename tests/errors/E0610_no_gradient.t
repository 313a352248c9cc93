# args: opt --passes=grad
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[N] = param(index=0) "x"
  %1: (f32[N]) = foreign(%0, symbol="f", library="lib.so")
  %2: f32[N] = item(%1, index=0)
  %3: f32 = sum(%2, axes=[0])
  %4: (f32[N]) = grad(%3, %0)
  %5: f32[N] = item(%4, index=0)
  return %5 "derivative"
}
# ---
graph.ir:3:3: error[E0610]: the foreign function 'f' has no derivative
  3 |   %1: (f32[N]) = foreign(%0, symbol="f", library="lib.so")
    |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    = help: name one with 'gradient f = ...', or wrap the call in stop_gradient(...)

1 error
