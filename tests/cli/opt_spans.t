# args: opt {} f --passes= --spans
# exit: 0
fn f(x: f32[B, N]) -> f32[B] {
  y[b] = sum[n](tanh(x[b, n]))
  y
}
# ---
graph &0 "f" {
  %0: f32[B, N] = param(index=0) "x" @6:18
  %1: f32[B, N] = tanh(%0) @48:61
  %2: f32[B] = sum(%1, axes=[1]) "y" @41:62
  return %2 "y"
}
