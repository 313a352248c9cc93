# args: check
# exit: 1
fn f(e: f32[B, N]) -> f32[B, N] {
  a = softmax(e, dim = -1)
  s = sum(e, axis = 1, keepdims = true)
  m = e.mean(dim = 0)
  a
}
# ---
E0115_axis_argument.ordo:2:18: error[E0115]: 'softmax' takes an index, not an axis number
  2 |   a = softmax(e, dim = -1)
    |                  ^^^^^^^^
    = expected  the index in brackets: softmax[n](x[b, n])
    = got       dim = ...
    = help: name the axes where they are used; the index in the brackets is the axis

E0115_axis_argument.ordo:3:14: error[E0115]: 'sum' takes an index, not an axis number
  3 |   s = sum(e, axis = 1, keepdims = true)
    |              ^^^^^^^^
    = expected  the index in brackets: sum[n](x[b, n])
    = got       axis = ...
    = help: name the axes where they are used; the index in the brackets is the axis

E0115_axis_argument.ordo:4:14: error[E0115]: 'mean' takes an index, not an axis number
  4 |   m = e.mean(dim = 0)
    |              ^^^^^^^
    = expected  the index in brackets: mean[n](x[b, n])
    = got       dim = ...
    = help: name the axes where they are used; the index in the brackets is the axis

3 errors
