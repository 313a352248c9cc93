# args: show {} f --profile {} --format html
# exit: 2
fn f(x: f32[N]) -> f32[N] { x + 1 }
# ---
error[E0003]: 'show_profile_empty.ordo' has no times of kernels
    = help: make it with 'ordo run' or 'ordo train', --profile and --trace=show_profile_empty.ordo

1 error
