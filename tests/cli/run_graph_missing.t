# args: run {} "[[1, 2], [3, 4]]"
# exit: 1
# file: g.txt
graph &0 "main" {
  %0: f32[N, M] = param(index=0, sets=[1]) "x"
  %1: f32[N] = param(index=1) "scale"
  %2: f32[2] = param(index=2, role="weight") "net.w"
  %3: f32[2] = param(index=3, role="state") "net.w.m"
  %4: f32[N] = sum(%0, axes=[1])
  %5: f32[N] = mul(%1, %4)
  %6: f32 = max_over(%5, axes=[0])
  %7: f32[2] = add(%2, %3)
  return %5 "scaled", %6 "best", %7 "sum"
}
# ---
error[E0705]: argument 'scale' is missing
    = expected  x: f32[N, M], scale: f32[N]

1 error
