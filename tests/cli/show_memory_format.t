# args: show {} f --memory --format=svg --json
# exit: 2
fn f(x: f32[N]) -> f32[N] { x + 1 }
# ---
error[E0003]: '--json' is no picture

1 error
