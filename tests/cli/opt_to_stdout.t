# args: opt {} --passes inline -o /dev/stdout
# exit: 0
fn f(x: f32[N]) -> f32[N] { x + 1 }
# ---
graph &0 "f" {
  %0: f32[N] = param(index=0) "x"
  %1: f32[N] = const(value=1)
  %2: f32[N] = add(%0, %1)
  return %2
}
