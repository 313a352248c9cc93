# args: check
# exit: 1
fn f(x: f32[N]) { (a, b) = (x, x, x); a }
fn g(x: f32[N]) { (a, b) = x; a }
fn h(x: f32[N]) -> (f32[N], f32[N]) { (x, x) }
fn i(x: f32[N]) { (a, b, c) = h(x); a }
# ---
E0229_tuple_mismatch.ordo:1:19: error[E0229]: 2 names on the left
  1 | fn f(x: f32[N]) { (a, b) = (x, x, x); a }
    |                   ^^^^^^^^^^^^^^^^^^
    = got       (f32[N], f32[N], f32[N])

E0229_tuple_mismatch.ordo:2:19: error[E0229]: 2 names on the left
  2 | fn g(x: f32[N]) { (a, b) = x; a }
    |                   ^^^^^^^^^^
    = got       f32[N]

E0229_tuple_mismatch.ordo:4:19: error[E0229]: 3 names on the left
  4 | fn i(x: f32[N]) { (a, b, c) = h(x); a }
    |                   ^^^^^^^^^^^^^^^^
    = got       (f32[N], f32[N])

3 errors
