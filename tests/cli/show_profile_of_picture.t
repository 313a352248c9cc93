# args: show {} f --profile trace.json -o f.svg
# exit: 2
fn f(x: f32[N]) -> f32[N] { x }
# ---
error[E0003]: '--profile' colours a page: -o FILE.html

1 error
