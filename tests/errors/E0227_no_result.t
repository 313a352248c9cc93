# args: check
# exit: 1
fn f(x: f32[B]) { y = x * 2 }
fn g(x: f32[B, T]) { scan t in T { y = x[:, t] }; x }
# ---
E0227_no_result.ordo:1:1: error[E0227]: the body does not end with an expression, its result
  1 | fn f(x: f32[B]) { y = x * 2 }
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0227_no_result.ordo:2:22: error[E0227]: the loop carries and collects nothing: it has no effect
  2 | fn g(x: f32[B, T]) { scan t in T { y = x[:, t] }; x }
    |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    = help: carry a value, scan t in T, h = h0 { h = ... }, or collect one: y[t] = ...

2 errors
