# args: show {} f --after grad --passes inline,fuse --format html
# exit: 2
fn f(x: f32[N]) -> f32[N] { x + 1 }
# ---
error[E0003]: the pipeline does not run the pass 'grad'

1 error
