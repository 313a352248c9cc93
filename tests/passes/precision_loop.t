# args: opt {} --passes=loops,simplify --verify-each
# exit: 0
# file: graph.ir
graph &0 "loop" {
  %0: f32[B, 8] = param(index=0) "h"
  %1: f32[8, 8] = const(value=0)
  %2: f32[T, B, 8] = param(index=1) "x"
  %3: f32[8, 8] = param(index=2) "W"
  %4: (f32[B, 8], f32[8, 8]) = scan(%0, %1, %2, %3, length=T, carries=2, slices=1) body "step" {
    %0: i32 = param(index=0) "t"
    %1: f32[B, 8] = param(index=1) "h"
    %2: f32[8, 8] = param(index=2) "total"
    %3: f32[B, 8] = param(index=3) "x"
    %4: f32[8, 8] = param(index=4) "W"
    %5: f32[B, 8] = dot(%3, %4, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], precision="bf16")
    %6: f32[B, 8] = add(%1, %5)
    %7: f32[B, 8] = tanh(%6)
    %8: f32[8, 8] = dot(%7, %3, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
    %9: f32[8, 8] = add(%2, %8)
    return %7 "h", %9 "total"
  }
  %5: f32[B, 8] = item(%4, index=0)
  %6: f32[8, 8] = item(%4, index=1)
  return %5 "h", %6 "total"
}
# ---
graph &0 "loop" {
  %0: f32[B, 8] = param(index=0) "h"
  %1: f32[T, B, 8] = param(index=1) "x"
  %2: f32[8, 8] = param(index=2) "W"
  %3: f32[T, B, 8] = dot(%1, %2, batch_a=[], batch_b=[], contract_a=[2], contract_b=[0], precision="bf16")
  %4: (f32[B, 8], f32[T, B, 8]) = scan(%0, %3, length=T, carries=1, slices=1) body "step" {
    %0: i32 = param(index=0) "t"
    %1: f32[B, 8] = param(index=1) "h"
    %2: f32[B, 8] = param(index=2)
    %3: f32[B, 8] = add(%1, %2)
    %4: f32[B, 8] = tanh(%3)
    return %4 "h", %4
  }
  %5: f32[B, 8] = item(%4, index=0)
  %6: f32[T, B, 8] = item(%4, index=1)
  %7: f32[8, 8] = dot(%6, %1, batch_a=[], batch_b=[], contract_a=[0, 1], contract_b=[0, 1], precision="bf16")
  return %5 "h", %7 "total"
}
