# args: check
# exit: 1
fn f(x: f32[N]) { grad(x, x) }
fn g(x: f32[N], k: i32[N]) { grad(sum(x * f32(k)), k) }
fn h(x: f32[N], y: f32[N]) { grad(sum(x), y) }
# ---
E0228_bad_gradient.ordo:1:19: error[E0228]: the first operand of grad is a float scalar, not f32[N]
  1 | fn f(x: f32[N]) { grad(x, x) }
    |                   ^^^^^^^^^^

E0228_bad_gradient.ordo:2:30: error[E0228]: there is no derivative by i32[N]
  2 | fn g(x: f32[N], k: i32[N]) { grad(sum(x * f32(k)), k) }
    |                              ^^^^^^^^^^^^^^^^^^^^^^^^

E0228_bad_gradient.ordo:3:30: error[E0228]: the loss does not depend on what it is differentiated by
  3 | fn h(x: f32[N], y: f32[N]) { grad(sum(x), y) }
    |                              ^^^^^^^^^^^^^^^

3 errors
