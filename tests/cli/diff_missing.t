# args: diff {} nowhere.ordo
# exit: 2
fn f(x: f32) -> f32 { x }
# ---
error[E0001]: there is no model 'nowhere.ordo'
    = help: looked for it in the current folder, models/lib, models

1 error
