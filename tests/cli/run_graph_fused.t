# args: run {} "[0, 0, 0]"
# exit: 0
# file: g.txt
graph &0 "fused" {
  %0: f32[N] = param(index=0) "x"
  %1: (f32) = kernel(%0) body {
    %0: f32[N] = param(index=0)
    %1: f32[N] = exp(%0)
    %2: f32 = sum(%1, axes=[0])
    return %2
  }
  %2: f32 = item(%1, index=0)
  return %2
}
# ---
3
