# args: opt {} --dump-changed=all
# exit: 2
fn f(x: f32[N]) -> f32[N] { x }
# ---
error[E0003]: '--dump-changed=all': only 'diff' can stand there

1 error
