# args: opt {} --passes=grad,contract,precision{products=bf16} --verify-each
# exit: 0
# file: graph.ir
graph &0 "marks" {
  %0: f32[B, 64] = param(index=0) "x"
  %1: f32[64, 64] = param(index=1) "W"
  %2: f64[64, 64] = param(index=2) "V"
  %3: f32[B, 64] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
  %4: (f32[B, 64]) = scan(%3, %1, length=3, carries=1, slices=0) body "step" {
    %0: i32 = param(index=0) "t"
    %1: f32[B, 64] = param(index=1) "h"
    %2: f32[64, 64] = param(index=2) "U"
    %3: f32[B, 64] = dot(%1, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    return %3 "h"
  }
  %5: f32[B, 64] = item(%4, index=0)
  %6: f64[64, 64] = dot(%2, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
  %7: f32[64] = param(index=3) "v"
  %8: f32[B, 64] = broadcast(%7, axes=[1])
  %9: f32[B, 64] = mul(%0, %8)
  %10: f32[B] = sum(%9, axes=[1])
  return %5 "h", %6 "wide", %10 "sum"
}
# ---
graph &0 "marks" {
  %0: f32[B, 64] = param(index=0) "x"
  %1: f32[64, 64] = param(index=1) "W"
  %2: f64[64, 64] = param(index=2) "V"
  %3: f32[64] = param(index=3) "v"
  %4: f32[B, 64] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], precision="bf16")
  %5: (f32[B, 64]) = scan(%4, %1, length=3, carries=1, slices=0) body "step" {
    %0: i32 = param(index=0) "t"
    %1: f32[B, 64] = param(index=1) "h"
    %2: f32[64, 64] = param(index=2) "U"
    %3: f32[B, 64] = dot(%1, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], precision="bf16")
    return %3 "h"
  }
  %6: f32[B, 64] = item(%5, index=0)
  %7: f64[64, 64] = dot(%2, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
  %8: f32[B, 64] = broadcast(%3, axes=[1])
  %9: f32[B, 64] = mul(%0, %8)
  %10: f32[B] = sum(%9, axes=[1])
  return %6 "h", %7 "wide", %10 "sum"
}
