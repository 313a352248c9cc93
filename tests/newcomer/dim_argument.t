# args: check
# exit: 1
fn f(x: f32[B, N]) -> f32[B] { sum(x, dim = 1) }
# ---
dim_argument.ordo:1:39: error[E0115]: 'sum' takes an index, not an axis number
  1 | fn f(x: f32[B, N]) -> f32[B] { sum(x, dim = 1) }
    |                                       ^^^^^^^
    = expected  the index in brackets: sum[n](x[b, n])
    = got       dim = ...
    = help: name the axes where they are used; the index in the brackets is the axis

1 error
