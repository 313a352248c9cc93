# args: opt {} total --schedule=broken.schedule --passes=inline,contract,fuse
# exit: 0
fn total(x: f32[N], y: f32[N]) -> f32 {
  h = tanh(x) * y
  r = sum(h)
  r
}
# +++ broken.schedule
# r is a sum, nosuch is nothing
recompute r
apart nosuch
# ---
graph &0 "total" {
  %0: f32[N] = param(index=0) "x"
  %1: f32[N] = param(index=1) "y"
  %2: (f32) = kernel(%1, %0) body {
    %0: f32[N] = param(index=0) "y"
    %1: f32[N] = param(index=1) "x"
    %2: f32[N] = tanh(%1)
    %3: f32[N] = mul(%0, %2) "h"
    %4: f32 = sum(%3, axes=[0]) "r"
    return %4 "r"
  }
  %3: f32 = item(%2, index=0)
  return %3 "r"
}
broken.schedule:2:1: warning[E0609]: in 'total': only elementwise values that are no results are computed again
  2 | recompute r
    | ^^^^^^^^^^^

broken.schedule:3:1: warning[E0609]: 'total' has no value 'nosuch', or rewriting took it away
  3 | apart nosuch
    | ^^^^^^^^^^^^

