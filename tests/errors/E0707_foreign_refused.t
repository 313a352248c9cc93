# args: run {} shell "[1, 2]"
# exit: 1
extern fn system(x: f32[B]) -> f32[B] from "libc.so.6"

fn shell(x: f32[B]) -> f32[B] { system(x) }
# ---
E0707_foreign_refused.ordo:3:33: error[E0707]: the C function 'system' of 'libc.so.6' may not be called
  3 | fn shell(x: f32[B]) -> f32[B] { system(x) }
    |                                 ^^^^^^^^^
    = help: it can do whatever you can; if you trust it, give --allow-foreign, or name its folder in ORDO_FOREIGN_DIRS

1 error
