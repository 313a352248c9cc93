# args: check
# exit: 1
fn f(x, y: f32[B]) -> f32[B] { x + y }
fn g(k = 3) { k }
# ---
E0126_parameter_type.ordo:1:6: error[E0126]: the parameter 'x' has no type
  1 | fn f(x, y: f32[B]) -> f32[B] { x + y }
    |      ^
    = expected  x: f32[B, N]
    = help: '..' is any number of axes: x: f32[..]

E0126_parameter_type.ordo:2:6: error[E0126]: the parameter 'k' has no type
  2 | fn g(k = 3) { k }
    |      ^
    = expected  k: f32[B, N]
    = help: '..' is any number of axes: k: f32[..]

2 errors
