# args: check
# exit: 1
extern fn lev(a: f32[B], b: f32[B]) from "libmetrics.so"
gradient lev = lev_grad
# ---
E0309_foreign_function.ordo:1:8: error[E0309]: an extern function declares its result type
  1 | extern fn lev(a: f32[B], b: f32[B]) from "libmetrics.so"
    |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

E0309_foreign_function.ordo:2:16: error[E0309]: there is no extern function 'lev_grad'
  2 | gradient lev = lev_grad
    |                ^^^^^^^^

2 errors
