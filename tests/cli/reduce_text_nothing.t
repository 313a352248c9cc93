# args: reduce {} --text --test='grep -q argmax'
# exit: 1
fn twice(x: f32[B]) -> f32[B] { sin(x) + exp(x) }
# ---
error[E0701]: nothing to reduce: the command of --test does not succeed on the whole text
    = help: its exit code has to be 0 while the fault is there; {} is the file's name

1 error
