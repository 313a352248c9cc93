# args: check
# exit: 1
fn f(x: f32[B], n: i32[B]) -> f32[B] { x * n }
# ---
mixed_types.ordo:1:40: error[E0206]: '*' wants operands of one element type
  1 | fn f(x: f32[B], n: i32[B]) -> f32[B] { x * n }
    |                                        ^^^^^
    = expected  f32
    = got       i32
    = help: convert one of them: f32(...)

1 error
