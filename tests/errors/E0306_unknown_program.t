# args: train {} sort
# exit: 1
fn attend(x: f32[N]) { x }
# ---
error[E0306]: there is no training program 'sort'

1 error
