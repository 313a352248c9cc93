# args: opt {} --passes=scan-rows --verify-each
# exit: 0
# file: graph.ir
graph &0 "f" {
  %0: f32[N, H] = param(index=0) "x"
  %1: f32[H] = param(index=1) "w"
  %2: <N>[N] = param(index=2) "parent"
  %3: f32[N, H] = const(value=0)
  %4: (f32[N, H], f32[N, H], f32[N, H]) = scan(%3, %0, %2, %1, length=N, carries=1, slices=2) body "i" {
    %0: <N> = param(index=0) "i"
    %1: f32[N, H] = param(index=1) "h"
    %2: f32[H] = param(index=2) "x"
    %3: <N> = param(index=3) "parent"
    %4: f32[H] = param(index=4) "w"
    %5: f32[H] = gather(%1, %3, axis=0, batch=0)
    %6: f32[H] = mul(%4, %5)
    %7: f32[H] = add(%2, %6)
    %8: f32[H] = tanh(%7)
    %9: i32 = cast(%0)
    %10: f32[1, H] = reshape(%8)
    %11: f32[N, H] = update(%1, %10, %9, axis=0) "h"
    %12: f32[H] = const(value=1)
    %13: f32[H] = mul(%8, %8)
    %14: f32[H] = sub(%12, %13)
    return %11 "h", %5, %14
  }
  %5: f32[N, H] = item(%4, index=0) "h"
  %6: bool[N, H] = const(value=1)
  %7: f32[H] = const(value=0)
  %8: f32[N, H] = item(%4, index=1)
  %9: f32[N, H] = item(%4, index=2)
  %10: (f32[N, H], bool[N, H], f32[H], f32[N, H]) = scan(%0, %6, %7, %8, %9, %2, %1, length=N, carries=3, slices=3, reverse=1) body "i" {
    %0: <N> = param(index=0)
    %1: f32[N, H] = param(index=1)
    %2: bool[N, H] = param(index=2)
    %3: f32[H] = param(index=3)
    %4: f32[H] = param(index=4)
    %5: f32[H] = param(index=5)
    %6: <N> = param(index=6)
    %7: f32[H] = param(index=7)
    %8: i32 = cast(%0)
    %9: i32 = const(value=0)
    %10: f32[N, H] = const(value=0)
    %11: bool[1, H] = const(value=0)
    %12: bool[N, H] = update(%2, %11, %8, axis=0)
    %13: i32 = size(size=N - 1)
    %14: i32 = min(%8, %13)
    %15: i32 = max(%14, %9)
    %16: <N> = cast(%15)
    %17: <N>[1] = broadcast(%16, axes=[])
    %18: bool[1, H] = gather(%2, %17, axis=0, batch=0)
    %19: f32[1, H] = const(value=0)
    %20: f32[N, H] = update(%1, %19, %8, axis=0)
    %21: f32[N, H] = where(%12, %20, %10)
    %22: f32[1, H] = gather(%1, %17, axis=0, batch=0)
    %23: bool[H] = reshape(%18)
    %24: f32[H] = reshape(%22)
    %25: f32[H] = const(value=0)
    %26: f32[H] = mul(%5, %24)
    %27: f32[H] = where(%23, %26, %25)
    %28: f32[H] = mul(%4, %26)
    %29: f32[H] = where(%23, %28, %25)
    %30: f32[H] = mul(%7, %26)
    %31: i32[1, H] = cast(%18)
    %32: i32[H] = reshape(%31)
    %33: i32[N, H] = scatter_add(%6, %32, axis=0, batch=0)
    %34: i32[N, H] = const(value=0)
    %35: bool[N, H] = ne(%33, %34)
    %36: f32[N, H] = scatter_add(%6, %30, axis=0, batch=0)
    %37: f32[N, H] = where(%35, %36, %10)
    %38: f32[N, H] = add(%21, %37)
    %39: bool[N, H] = or(%12, %35)
    %40: f32[N, H] = where(%39, %38, %10)
    %41: f32[H] = add(%3, %29)
    return %40, %39, %41, %27
  }
  %11: f32[N, H] = item(%10, index=3)
  %12: f32[H] = item(%10, index=2)
  %13: f32[N, H] = add(%5, %11)
  return %13, %12
}
# ---
graph &0 "f" {
  %0: f32[N, H] = param(index=0) "x"
  %1: f32[H] = param(index=1) "w"
  %2: <N>[N] = param(index=2) "parent"
  %3: f32[N, H] = const(value=0)
  %4: (f32[N, H], f32[N, H], f32[N, H]) = scan(%3, %0, %2, %1, length=N, carries=1, slices=2) body "i" {
    %0: <N> = param(index=0) "i"
    %1: f32[N, H] = param(index=1) "h"
    %2: f32[H] = param(index=2) "x"
    %3: <N> = param(index=3) "parent"
    %4: f32[H] = param(index=4) "w"
    %5: f32[H] = gather(%1, %3, axis=0, batch=0)
    %6: f32[H] = mul(%4, %5)
    %7: f32[H] = add(%2, %6)
    %8: f32[H] = tanh(%7)
    %9: i32 = cast(%0)
    %10: f32[1, H] = reshape(%8)
    %11: f32[N, H] = update(%1, %10, %9, axis=0) "h"
    %12: f32[H] = const(value=1)
    %13: f32[H] = mul(%8, %8)
    %14: f32[H] = sub(%12, %13)
    return %11 "h", %5, %14
  }
  %5: f32[N, H] = item(%4, index=0) "h"
  %6: bool[N, H] = const(value=1)
  %7: f32[H] = const(value=0)
  %8: f32[N, H] = item(%4, index=1)
  %9: f32[N, H] = item(%4, index=2)
  %10: (f32[N, H], bool[N, H], f32[H], f32[N, H]) = scan(%0, %6, %7, %8, %9, %2, %1, length=N, carries=3, slices=3, reverse=1) body "i" {
    %0: <N> = param(index=0)
    %1: f32[N, H] = param(index=1)
    %2: bool[N, H] = param(index=2)
    %3: f32[H] = param(index=3)
    %4: f32[H] = param(index=4)
    %5: f32[H] = param(index=5)
    %6: <N> = param(index=6)
    %7: f32[H] = param(index=7)
    %8: i32 = cast(%0)
    %9: i32 = const(value=0)
    %10: bool[1, H] = const(value=0)
    %11: bool[N, H] = update(%2, %10, %8, axis=0)
    %12: i32 = size(size=N - 1)
    %13: i32 = min(%8, %12)
    %14: i32 = max(%13, %9)
    %15: <N> = cast(%14)
    %16: <N>[1] = broadcast(%15, axes=[])
    %17: bool[1, H] = gather(%2, %16, axis=0, batch=0)
    %18: f32[1, H] = const(value=0)
    %19: f32[N, H] = update(%1, %18, %8, axis=0)
    %20: f32[1, H] = gather(%1, %16, axis=0, batch=0)
    %21: bool[H] = reshape(%17)
    %22: f32[H] = reshape(%20)
    %23: f32[H] = const(value=0)
    %24: f32[H] = mul(%5, %22)
    %25: f32[H] = where(%21, %24, %23)
    %26: f32[H] = mul(%4, %24)
    %27: f32[H] = where(%21, %26, %23)
    %28: f32[H] = mul(%7, %24)
    %29: i32 = cast(%6)
    %30: f32[1, H] = reshape(%28)
    %31: f32[1, H] = where(%17, %30, %18)
    %32: <N>[1] = broadcast(%6, axes=[])
    %33: f32[1, H] = gather(%19, %32, axis=0, batch=0)
    %34: f32[1, H] = add(%31, %33)
    %35: f32[N, H] = update(%19, %34, %29, axis=0)
    %36: bool[1, H] = gather(%11, %32, axis=0, batch=0)
    %37: bool[1, H] = or(%17, %36)
    %38: bool[N, H] = update(%11, %37, %29, axis=0)
    %39: f32[H] = add(%3, %27)
    return %35, %38, %39, %25
  }
  %11: f32[N, H] = item(%10, index=3)
  %12: f32[H] = item(%10, index=2)
  %13: f32[N, H] = add(%5, %11)
  return %13, %12
}
