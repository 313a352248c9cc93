# args: fmt --check
# exit: 1
fn f(x: f32[N])->f32 {
  sum(x*x) }
# ---
fmt_check.ordo is not formatted
