# args: diff {} {}@nopass
# exit: 2
fn f(x: f32) -> f32 { x }
# ---
error[E0003]: there is no pass 'nopass'

1 error
