# args: opt {} --passes=scan-defer,simplify,contract --verify-each
# exit: 0
# file: graph.ir
graph &0 "outer" {
  %0: f32[T, B, N] = param(index=0) "a"
  %1: f32[B, 6] = param(index=1) "h"
  %2: f32[B, N, 6] = param(index=2) "m"
  %3: (f32[B, 6], f32[B, N, 6]) = scan(%1, %2, %0, length=T, carries=2, slices=1) body "loop" {
    %0: <T> = param(index=0)
    %1: f32[B, 6] = param(index=1) "h"
    %2: f32[B, N, 6] = param(index=2) "m"
    %3: f32[B, N] = param(index=3) "a"
    %4: f32[B, 6] = tanh(%1)
    %5: f32[B, N, 6] = broadcast(%3, axes=[0, 1])
    %6: f32[B, N, 6] = broadcast(%4, axes=[0, 2])
    %7: f32[B, N, 6] = mul(%5, %6)
    %8: f32[B, N, 6] = sub(%2, %7)
    return %4, %8
  }
  %4: f32[B, N, 6] = item(%3, index=1)
  return %4 "y"
}
# ---
graph &0 "outer" {
  %0: f32[T, B, N] = param(index=0) "a"
  %1: f32[B, 6] = param(index=1) "h"
  %2: f32[B, N, 6] = param(index=2) "m"
  %3: (f32[B, 6], f32[T, B, 6]) = scan(%1, length=T, carries=1, slices=0) body "loop" {
    %0: <T> = param(index=0)
    %1: f32[B, 6] = param(index=1) "h"
    %2: f32[B, 6] = tanh(%1)
    return %2 "h", %2
  }
  %4: f32[T, B, 6] = item(%3, index=1)
  %5: f32[B, N, 6] = dot(%0, %4, batch_a=[1], batch_b=[1], contract_a=[0], contract_b=[0])
  %6: f32[B, N, 6] = sub(%2, %5)
  return %6 "y"
}
