# args: opt {} --passes=simplify --verify-each
# exit: 0
# file: graph.ir
graph &0 "ballast" {
  %0: f32[T, B] = param(index=0) "x"
  %1: f32[B] = param(index=1) "a"
  %2: f32[B] = const(value=2)
  %3: f32[T, B] = broadcast(%1, axes=[1])
  %4: (f32[B], f32[B], f32[B], f32[T, B], f32[T, B], f32[T, B], f32[T, B]) = scan(%1, %1, %1, %0, %0, %3, %2, length=T, carries=3, slices=3) body "loop" {
    %0: <T> = param(index=0)
    %1: f32[B] = param(index=1) "s"
    %2: f32[B] = param(index=2) "same"
    %3: f32[B] = param(index=3) "dead"
    %4: f32[B] = param(index=4)
    %5: f32[B] = param(index=5)
    %6: f32[B] = param(index=6)
    %7: f32[B] = param(index=7)
    %8: f32[B] = add(%1, %4)
    %9: f32[B] = mul(%5, %7)
    %10: f32[B] = add(%8, %9)
    %11: f32[B] = mul(%10, %6)
    %12: f32[B] = add(%11, %2)
    %13: f32[B] = exp(%3)
    return %12, %2, %13, %12, %12, %2, %4
  }
  %5: f32[B] = item(%4, index=0)
  %6: f32[B] = item(%4, index=1)
  %7: f32[T, B] = item(%4, index=3)
  %8: f32[T, B] = item(%4, index=4)
  %9: f32[T, B] = item(%4, index=5)
  %10: f32[T, B] = item(%4, index=6)
  return %5 "p", %6 "q", %7 "r", %8 "s", %9 "t", %10 "u"
}
# ---
graph &0 "ballast" {
  %0: f32[T, B] = param(index=0) "x"
  %1: f32[B] = param(index=1) "a"
  %2: f32[T, B] = broadcast(%1, axes=[1])
  %3: (f32[B], f32[T, B]) = scan(%1, %0, %1, length=T, carries=1, slices=1) body "loop" {
    %0: <T> = param(index=0)
    %1: f32[B] = param(index=1) "s"
    %2: f32[B] = param(index=2)
    %3: f32[B] = param(index=3) "same"
    %4: f32[B] = const(value=2)
    %5: f32[B] = add(%1, %2)
    %6: f32[B] = mul(%2, %4)
    %7: f32[B] = add(%5, %6)
    %8: f32[B] = mul(%3, %7)
    %9: f32[B] = add(%3, %8)
    return %9 "s", %9
  }
  %4: f32[B] = item(%3, index=0)
  %5: f32[T, B] = item(%3, index=1)
  return %4 "p", %1 "q", %5 "r", %5 "s", %2 "t", %0 "u"
}
