# args: reduce {} twice
# exit: 1
fn twice(x: f32[B]) -> f32[B] { sin(x) + exp(x) }
# ---
error[E0701]: nothing to reduce: compiled code agrees with the interpreter
    = help: try another --seed, other --passes, or give the fault by --test

1 error
