# args: check
# exit: 1
fn f(x: f32[N]) { y = argsort[n](x[n]); x }
fn g(x: f32[B, N]) { y[b, c] = sort[n](x[b, n]); y[b] = sort[n](x[b, n]); y }
# ---
E0209_index_escapes.ordo:1:19: error[E0209]: the right side depends on the index 'n'
  1 | fn f(x: f32[N]) { y = argsort[n](x[n]); x }
    |                   ^
    = help: name the axis on the left: y[n] = ...

E0209_index_escapes.ordo:2:57: error[E0209]: the right side depends on the index 'n', which is not on the left
  2 | fn g(x: f32[B, N]) { y[b, c] = sort[n](x[b, n]); y[b] = sort[n](x[b, n]); y }
    |                                                         ^^^^^^^^^^^^^^^^

2 errors
