# args: opt {} --passes=inline,grad,simplify,contract,scan-hoist,scan-defer --verify-each
# exit: 0
# file: graph.ir
graph &0 "lstm" {
  %0: f32[T, B, 5] = param(index=0) "x"
  %1: f32[5, 16] = param(index=1) "W"
  %2: f32[4, 16] = param(index=2) "U"
  %3: f32[16] = param(index=3) "b"
  %4: f32[B, 4] = const(value=0)
  %5: (f32[B, 4], f32[B, 4], f32[T, B, 4]) = scan(%4, %4, %0, %1, %2, %3, length=T, carries=2, slices=1) body "cell" {
    %0: <T> = param(index=0) "t"
    %1: f32[B, 4] = param(index=1) "h"
    %2: f32[B, 4] = param(index=2) "c"
    %3: f32[B, 5] = param(index=3) "x"
    %4: f32[5, 16] = param(index=4) "W"
    %5: f32[4, 16] = param(index=5) "U"
    %6: f32[16] = param(index=6) "b"
    %7: f32[B, 16] = dot(%3, %4, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %8: f32[B, 16] = dot(%1, %5, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %9: f32[B, 16] = add(%7, %8)
    %10: f32[B, 16] = broadcast(%6, axes=[1])
    %11: f32[B, 16] = add(%9, %10)
    %12: f32[B, 4] = slice(%11, starts=[0, 0])
    %13: f32[B, 4] = slice(%11, starts=[0, 4])
    %14: f32[B, 4] = slice(%11, starts=[0, 8])
    %15: f32[B, 4] = slice(%11, starts=[0, 12])
    %16: f32[B, 4] = sigmoid(%12)
    %17: f32[B, 4] = sigmoid(%13)
    %18: f32[B, 4] = tanh(%14)
    %19: f32[B, 4] = sigmoid(%15)
    %20: f32[B, 4] = mul(%17, %2)
    %21: f32[B, 4] = mul(%16, %18)
    %22: f32[B, 4] = add(%20, %21)
    %23: f32[B, 4] = tanh(%22)
    %24: f32[B, 4] = mul(%19, %23)
    return %24, %22, %24
  }
  %6: f32[T, B, 4] = item(%5, index=2)
  %7: f32[T, B, 4] = mul(%6, %6)
  %8: f32 = sum(%7, axes=[0, 1, 2])
  %9: (f32[5, 16], f32[4, 16], f32[16], f32[T, B, 5]) = grad(%8, %1, %2, %3, %0)
  %10: f32[5, 16] = item(%9, index=0)
  %11: f32[4, 16] = item(%9, index=1)
  %12: f32[16] = item(%9, index=2)
  %13: f32[T, B, 5] = item(%9, index=3)
  return %8 "loss", %10 "dW", %11 "dU", %12 "db", %13 "dx"
}
# ---
graph &0 "lstm" {
  %0: f32[T, B, 5] = param(index=0) "x"
  %1: f32[5, 16] = param(index=1) "W"
  %2: f32[4, 16] = param(index=2) "U"
  %3: f32[16] = param(index=3) "b"
  %4: f32[B, 4] = const(value=0)
  %5: f32[T, B, 16] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[2], contract_b=[0])
  %6: (f32[B, 4], f32[B, 4], f32[T, B, 4], f32[T, B, 4], f32[T, B, 4], f32[T, B, 4], f32[T, B, 4], f32[T, B, 4], f32[T, B, 4], f32[T, B, 4]) = scan(%4, %4, %0, %5, %1, %2, %3, length=T, carries=2, slices=2) body "cell" {
    %0: <T> = param(index=0) "t"
    %1: f32[B, 4] = param(index=1) "h"
    %2: f32[B, 4] = param(index=2) "c"
    %3: f32[B, 5] = param(index=3) "x"
    %4: f32[B, 16] = param(index=4)
    %5: f32[5, 16] = param(index=5) "W"
    %6: f32[4, 16] = param(index=6) "U"
    %7: f32[16] = param(index=7) "b"
    %8: f32[B, 16] = dot(%1, %6, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
    %9: f32[B, 16] = add(%4, %8)
    %10: f32[B, 16] = broadcast(%7, axes=[1])
    %11: f32[B, 16] = add(%9, %10)
    %12: f32[B, 4] = slice(%11, starts=[0, 0])
    %13: f32[B, 4] = slice(%11, starts=[0, 4])
    %14: f32[B, 4] = slice(%11, starts=[0, 8])
    %15: f32[B, 4] = slice(%11, starts=[0, 12])
    %16: f32[B, 4] = sigmoid(%12)
    %17: f32[B, 4] = sigmoid(%13)
    %18: f32[B, 4] = tanh(%14)
    %19: f32[B, 4] = sigmoid(%15)
    %20: f32[B, 4] = mul(%2, %17)
    %21: f32[B, 4] = mul(%16, %18)
    %22: f32[B, 4] = add(%20, %21)
    %23: f32[B, 4] = tanh(%22)
    %24: f32[B, 4] = mul(%19, %23)
    return %24 "h", %22 "c", %24, %1, %2, %16, %17, %18, %19, %23
  }
  %7: f32[T, B, 4] = item(%6, index=2)
  %8: f32[T, B, 4] = item(%6, index=3)
  %9: f32[T, B, 4] = item(%6, index=4)
  %10: f32[T, B, 4] = item(%6, index=5)
  %11: f32[T, B, 4] = item(%6, index=6)
  %12: f32[T, B, 4] = item(%6, index=7)
  %13: f32[T, B, 4] = item(%6, index=8)
  %14: f32[T, B, 4] = item(%6, index=9)
  %15: f32[T, B, 4] = mul(%7, %7)
  %16: f32 = sum(%15, axes=[0, 1, 2])
  %17: f32[T, B, 4] = add(%7, %7)
  %18: f32[5, 16] = const(value=0)
  %19: f32[4, 16] = const(value=0)
  %20: f32[16] = const(value=0)
  %21: (f32[B, 4], f32[B, 4], f32[T, B, 16]) = scan(%4, %4, %17, %8, %9, %10, %11, %12, %13, %14, %0, %1, %2, length=T, carries=2, slices=9, reverse=1) body "cell" {
    %0: <T> = param(index=0)
    %1: f32[B, 4] = param(index=1)
    %2: f32[B, 4] = param(index=2)
    %3: f32[B, 4] = param(index=3)
    %4: f32[B, 4] = param(index=4)
    %5: f32[B, 4] = param(index=5)
    %6: f32[B, 4] = param(index=6)
    %7: f32[B, 4] = param(index=7)
    %8: f32[B, 4] = param(index=8)
    %9: f32[B, 4] = param(index=9)
    %10: f32[B, 4] = param(index=10)
    %11: f32[B, 5] = param(index=11)
    %12: f32[5, 16] = param(index=12)
    %13: f32[4, 16] = param(index=13)
    %14: f32[B, 4] = add(%1, %3)
    %15: f32[B, 4] = mul(%10, %14)
    %16: f32[B, 4] = mul(%9, %14)
    %17: f32[B, 4] = const(value=1)
    %18: f32[B, 4] = mul(%10, %10)
    %19: f32[B, 4] = sub(%17, %18)
    %20: f32[B, 4] = mul(%16, %19)
    %21: f32[B, 4] = add(%2, %20)
    %22: f32[B, 4] = mul(%8, %21)
    %23: f32[B, 4] = mul(%6, %21)
    %24: f32[B, 4] = mul(%5, %21)
    %25: f32[B, 4] = mul(%9, %15)
    %26: f32[B, 4] = sub(%17, %9)
    %27: f32[B, 4] = mul(%25, %26)
    %28: f32[B, 4] = mul(%8, %8)
    %29: f32[B, 4] = sub(%17, %28)
    %30: f32[B, 4] = mul(%23, %29)
    %31: f32[B, 4] = mul(%7, %24)
    %32: f32[B, 4] = sub(%17, %7)
    %33: f32[B, 4] = mul(%31, %32)
    %34: f32[B, 4] = mul(%6, %22)
    %35: f32[B, 4] = sub(%17, %6)
    %36: f32[B, 4] = mul(%34, %35)
    %37: f32[B, 16] = concat(%36, %33, %30, %27, axis=1)
    %38: f32[B, 4] = dot(%37, %13, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1])
    %39: f32[B, 4] = mul(%7, %21)
    return %38, %39, %37
  }
  %22: f32[T, B, 16] = item(%21, index=2)
  %23: f32[5, 16] = dot(%0, %22, batch_a=[], batch_b=[], contract_a=[0, 1], contract_b=[0, 1])
  %24: f32[5, 16] = add(%23, %18)
  %25: f32[4, 16] = dot(%8, %22, batch_a=[], batch_b=[], contract_a=[0, 1], contract_b=[0, 1])
  %26: f32[4, 16] = add(%25, %19)
  %27: f32[16] = sum(%22, axes=[0, 1])
  %28: f32[16] = add(%27, %20)
  %29: f32[T, B, 5] = dot(%22, %1, batch_a=[], batch_b=[], contract_a=[2], contract_b=[1])
  return %16 "loss", %24 "dW", %26 "dU", %28 "db", %29 "dx"
}
