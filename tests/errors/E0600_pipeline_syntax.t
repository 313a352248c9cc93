# args: opt {} --passes=grad,simplify{rounds
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
error[E0600]: pipeline 'grad,simplify{rounds': expected '=' at 'the end'
    = help: the default is 'inline,scan-hoist,scan-defer,grad,sets,simplify,contract,scan-hoist,scan-defer,simplify,contract,fuse'

1 error
