# args: opt {} --passes=inline,grad,simplify,contract,scan-hoist,scan-defer --verify-each
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
  %9: (f32[7, 5], f32[9, 4], f32[4, 7], f32[7], f32[B, 4]) = grad(%8, %1, %2, %3, %5, %4)
  %10: f32[7, 5] = item(%9, index=0)
  %11: f32[9, 4] = item(%9, index=1)
  %12: f32[4, 7] = item(%9, index=2)
  %13: f32[7] = item(%9, index=3)
  %14: f32[B, 4] = item(%9, index=4)
  return %8 "loss", %10 "dE", %11 "dW", %12 "dP", %13 "db", %14 "dh"
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
  %11: (f32[B, 4], f32[T, B, 4], f32[T, B, 4]) = scan(%4, %0, %9, %1, %2, %3, %5, %10, length=T, carries=1, slices=2) body "step" {
    %0: <T> = param(index=0) "t"
    %1: f32[B, 4] = param(index=1) "h"
    %2: <7>[B] = param(index=2) "tok"
    %3: f32[B, 4] = param(index=3)
    %4: f32[7, 5] = param(index=4) "E"
    %5: f32[9, 4] = param(index=5) "W"
    %6: f32[4, 7] = param(index=6) "P"
    %7: f32[7] = param(index=7) "b"
    %8: f32[4, 4] = param(index=8)
    %9: f32[B, 4] = dot(%1, %8, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %10: f32[B, 4] = add(%3, %9)
    %11: f32[B, 4] = tanh(%10)
    return %11 "h", %1, %11
  }
  %12: f32[T, B, 4] = item(%11, index=2)
  %13: f32[T, B, 7] = dot(%12, %3, batch_a=[], batch_b=[], contract_a=[2], contract_b=[0])
  %14: f32[T, B, 7] = broadcast(%5, axes=[2])
  %15: f32[T, B, 7] = add(%13, %14)
  %16: f32[T, B, 7] = exp(%15)
  %17: f32[T, B] = sum(%16, axes=[2])
  %18: f32[T, B] = log(%17)
  %19: f32[T, B, 7] = broadcast(%18, axes=[0, 1])
  %20: f32[T, B, 7] = sub(%15, %19)
  %21: f32[T, B] = gather(%20, %0, axis=2, batch=2)
  %22: f32[T] = sum(%21, axes=[1])
  %23: f32 = sum(%22, axes=[0])
  %24: f32 = sub(%6, %23)
  %25: f32[T, B, 4] = item(%11, index=1)
  %26: f32[B, 4] = const(value=0)
  %27: f32[7, 5] = const(value=0)
  %28: f32[9, 4] = const(value=0)
  %29: f32[4, 7] = const(value=0)
  %30: f32[7] = const(value=0)
  %31: i32[B, 7] = iota(axis=1)
  %32: i32[T, B, 7] = broadcast(%31, axes=[1, 2])
  %33: i32[T, B] = cast(%0)
  %34: i32[T, B, 7] = broadcast(%33, axes=[0, 1])
  %35: bool[T, B, 7] = eq(%32, %34)
  %36: f32[T, B, 7] = const(value=-1)
  %37: f32[T, B, 7] = const(value=0)
  %38: f32[T, B, 7] = where(%35, %36, %37)
  %39: f32[T, B] = const(value=1)
  %40: f32[T, B] = div(%39, %17)
  %41: f32[T, B, 7] = broadcast(%40, axes=[0, 1])
  %42: f32[T, B, 7] = mul(%16, %41)
  %43: f32[T, B, 7] = add(%38, %42)
  %44: f32[T, B, 4] = dot(%43, %3, batch_a=[], batch_b=[], contract_a=[2], contract_b=[1])
  %45: (f32[B, 4], f32[T, B, 4], f32[T, B, 5]) = scan(%26, %25, %12, %16, %17, %0, %44, %1, %2, %3, length=T, carries=1, slices=6, reverse=1) body "step" {
    %0: <T> = param(index=0)
    %1: f32[B, 4] = param(index=1)
    %2: f32[B, 4] = param(index=2)
    %3: f32[B, 4] = param(index=3)
    %4: f32[B, 7] = param(index=4)
    %5: f32[B] = param(index=5)
    %6: <7>[B] = param(index=6)
    %7: f32[B, 4] = param(index=7)
    %8: f32[7, 5] = param(index=8)
    %9: f32[9, 4] = param(index=9)
    %10: f32[4, 7] = param(index=10)
    %11: f32[B, 4] = add(%1, %7)
    %12: f32[B, 4] = const(value=1)
    %13: f32[B, 4] = mul(%3, %3)
    %14: f32[B, 4] = sub(%12, %13)
    %15: f32[B, 4] = mul(%11, %14)
    %16: f32[B, 9] = dot(%15, %9, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1])
    %17: f32[B, 4] = slice(%16, starts=[0, 5])
    %18: f32[B, 5] = slice(%16, starts=[0, 0])
    return %17, %15, %18
  }
  %46: f32[T, B, 4] = item(%45, index=1)
  %47: f32[T, B, 5] = item(%45, index=2)
  %48: f32[B, 4] = item(%45, index=0)
  %49: f32[7, 5] = scatter_add(%0, %47, axis=0, batch=0)
  %50: f32[7, 5] = add(%49, %27)
  %51: f32[T, B, 9] = concat(%7, %25, axis=2)
  %52: f32[9, 4] = dot(%51, %46, batch_a=[], batch_b=[], contract_a=[0, 1], contract_b=[0, 1])
  %53: f32[9, 4] = add(%52, %28)
  %54: f32[4, 7] = dot(%12, %43, batch_a=[], batch_b=[], contract_a=[0, 1], contract_b=[0, 1])
  %55: f32[4, 7] = add(%54, %29)
  %56: f32[7] = sum(%43, axes=[0, 1])
  %57: f32[7] = add(%56, %30)
  return %24 "loss", %50 "dE", %53 "dW", %55 "dP", %57 "db", %48 "dh"
}
