# args: reduce {} --text
# exit: 2
fn twice(x: f32[B]) -> f32[B] { sin(x) + exp(x) }
# ---
error[E0003]: '--text' takes one file, and the fault by '--test'

1 error
