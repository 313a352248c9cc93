# args: show {} f --kernels --format=jpeg
# exit: 2
fn f(x: f32[N]) -> f32[N] { x + 1 }
# ---
error[E0003]: there is no format 'jpeg' here: txt, and for '--memory' svg, png, pdf

1 error
