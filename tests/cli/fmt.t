# args: fmt
# exit: 0
fn f(x: f32[N])->f32 {
  sum(x*x) }
# ---
fn f(x: f32[N]) -> f32 {
  sum(x*x)
}
