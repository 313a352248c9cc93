# args: opt {} --passes=grad,simplfy
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[N] = param(index=0) "x"
  %1: f32 = sum(%0, axes=[0])
  %2: (f32[N]) = grad(%1, %0)
  %3: f32[N] = item(%2, index=0)
  return %3 "derivative"
}
# ---
error[E0601]: there is no pass 'simplfy'
    = help: did you mean 'simplify'?
    = help: the passes are: inline, grad, sets, reach, simplify, saturate, contract, scan-hoist, scan-defer, scan-rows, distribute, blocks, precision, fuse, plan; pipelines of them: loops, prove, rewrite1, rewrite2, O0, O1, O2, O1-single, O2-single

1 error
