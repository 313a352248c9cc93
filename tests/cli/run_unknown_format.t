# args: run {} f "[1, 2]" --out f.xyz
# exit: 1
fn f(x: f32[N]) -> f32[N] { x }
# ---
error[E0002]: cannot write 'f.xyz': its name tells no format for 1 results
    = help: name it .npy, .npz, .csv, .tsv or .json

1 error
