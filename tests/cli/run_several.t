# args: run {}
# exit: 2
fn f(x: f32) -> f32 { x }
fn g(x: f32) -> f32 { x }
# ---
error[E0003]: which function?
    = help: there are: f, g

1 error
