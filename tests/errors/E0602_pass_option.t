# args: opt {} --passes=grad,simplify{round=4}
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
error[E0602]: pass 'simplify' has no option 'round'
    = help: it takes: rounds=8[0..]

1 error
