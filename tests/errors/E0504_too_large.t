# args: show {} --whole -o x.png
# exit: 1
fn f(x: f32[N]) -> f32[N] {
  scan t in 1, h = x {
    for i in 420 { h = sin(h) }
  }
  h
}
# ---
error[E0504]: the picture is too large for PNG: 172 x 34405 points
    = expected  at most 32767 in each direction
    = help: write SVG or PDF, or draw less: --depth 1, --collapse NAME, --around NAME,3

1 error
