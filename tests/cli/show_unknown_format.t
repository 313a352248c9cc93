# args: show {} f -o f.gif
# exit: 2
fn f(x: f32[N]) -> f32[N] { x }
# ---
error[E0003]: 'gif' is no format of pictures
    = help: svg, png, pdf, dot, txt, html, me.json, flops.json, bytes.json or json

1 error
