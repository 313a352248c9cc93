# args: opt {} --passes=scan-hoist --verify-each
# exit: 0
# file: graph.ir
graph &0 "decoder" {
  %0: <7>[T, B] = param(index=0) "tok"
  %1: f32[7, 5] = param(index=1) "E"
  %2: f32[9, 4] = param(index=2) "W"
  %3: f32[4, 7] = param(index=3) "P"
  %4: f32[B, 4] = param(index=4) "h0"
  %5: f32[7] = param(index=5) "b"
  %6: f32 = const(value=0)
  %7: (f32[B, 4], f32) = scan(%4, %6, %0, %1, %2, %3, %5, length=T, carries=2, slices=1) body "step" {
    %0: <T> = param(index=0) "t"
    %1: f32[B, 4] = param(index=1) "h"
    %2: f32 = param(index=2) "loss"
    %3: <7>[B] = param(index=3) "tok"
    %4: f32[7, 5] = param(index=4) "E"
    %5: f32[9, 4] = param(index=5) "W"
    %6: f32[4, 7] = param(index=6) "P"
    %7: f32[7] = param(index=7) "b"
    %8: f32[B, 5] = gather(%4, %3, axis=0, batch=0)
    %9: f32[B, 9] = concat(%8, %1, axis=1)
    %10: f32[B, 4] = dot(%9, %5, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %11: f32[B, 4] = tanh(%10)
    %12: f32[B, 7] = dot(%11, %6, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %13: f32[B, 7] = broadcast(%7, axes=[1])
    %14: f32[B, 7] = add(%12, %13)
    %18: f32[B, 7] = exp(%14)
    %19: f32[B] = sum(%18, axes=[1])
    %20: f32[B] = log(%19)
    %21: f32[B, 7] = broadcast(%20, axes=[0])
    %22: f32[B, 7] = sub(%14, %21)
    %23: f32[B] = gather(%22, %3, axis=1, batch=1)
    %24: f32 = sum(%23, axes=[0])
    %25: f32 = sub(%2, %24)
    return %11, %25
  }
  %8: f32 = item(%7, index=1)
  return %8 "loss"
}
# ---
graph &0 "decoder" {
  %0: <7>[T, B] = param(index=0) "tok"
  %1: f32[7, 5] = param(index=1) "E"
  %2: f32[9, 4] = param(index=2) "W"
  %3: f32[4, 7] = param(index=3) "P"
  %4: f32[B, 4] = param(index=4) "h0"
  %5: f32[7] = param(index=5) "b"
  %6: f32 = const(value=0)
  %7: f32[T, B, 5] = gather(%1, %0, axis=0, batch=0)
  %8: f32[5, 4] = slice(%2, starts=[0, 0])
  %9: f32[T, B, 4] = dot(%7, %8, batch_a=[], batch_b=[], contract_a=[2], contract_b=[0])
  %10: f32[4, 4] = slice(%2, starts=[5, 0])
  %11: (f32[B, 4], f32) = scan(%4, %6, %0, %9, %1, %2, %3, %5, %10, length=T, carries=2, slices=2) body "step" {
    %0: <T> = param(index=0) "t"
    %1: f32[B, 4] = param(index=1) "h"
    %2: f32 = param(index=2) "loss"
    %3: <7>[B] = param(index=3) "tok"
    %4: f32[B, 4] = param(index=4)
    %5: f32[7, 5] = param(index=5) "E"
    %6: f32[9, 4] = param(index=6) "W"
    %7: f32[4, 7] = param(index=7) "P"
    %8: f32[7] = param(index=8) "b"
    %9: f32[4, 4] = param(index=9)
    %10: f32[B, 4] = dot(%1, %9, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %11: f32[B, 4] = add(%4, %10)
    %12: f32[B, 4] = tanh(%11)
    %13: f32[B, 7] = dot(%12, %7, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %14: f32[B, 7] = broadcast(%8, axes=[1])
    %15: f32[B, 7] = add(%13, %14)
    %16: f32[B, 7] = exp(%15)
    %17: f32[B] = sum(%16, axes=[1])
    %18: f32[B] = log(%17)
    %19: f32[B, 7] = broadcast(%18, axes=[0])
    %20: f32[B, 7] = sub(%15, %19)
    %21: f32[B] = gather(%20, %3, axis=1, batch=1)
    %22: f32 = sum(%21, axes=[0])
    %23: f32 = sub(%2, %22)
    return %12 "h", %23 "loss"
  }
  %12: f32 = item(%11, index=1)
  return %12 "loss"
}
