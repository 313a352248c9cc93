# args: opt {} f --passes=inline
# exit: 0
fn f(x: f32[N]) -> f32[N] { (x * 10 + 123000 - 1000000) * 0.1 + 2.5e-5 }
# ---
graph &0 "f" {
  %0: f32[N] = param(index=0) "x"
  %1: f32[N] = const(value=10)
  %2: f32[N] = mul(%0, %1)
  %3: f32[N] = const(value=123000)
  %4: f32[N] = add(%2, %3)
  %5: f32[N] = const(value=1e+06)
  %6: f32[N] = sub(%4, %5)
  %7: f32[N] = const(value=0.1)
  %8: f32[N] = mul(%6, %7)
  %9: f32[N] = const(value=2.5e-05)
  %10: f32[N] = add(%8, %9)
  return %10
}
