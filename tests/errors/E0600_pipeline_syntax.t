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
    = help: for example: inline,grad,simplify{rounds=4},contract,fuse; the default is O2

1 error
