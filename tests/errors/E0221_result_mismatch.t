# args: check
# exit: 1
fn f(x: f32[B, N]) -> f32[B] { x * 2 }
fn g(x: f32[B, N]) -> (f32[B, N], f32[B]) { (x, x) }
fn h(x: f32[N]) -> i32[N] { x }
# ---
E0221_result_mismatch.ordo:1:32: error[E0221]: the result is not of the declared type
  1 | fn f(x: f32[B, N]) -> f32[B] { x * 2 }
    |                                ^^^^^
    = expected  f32[B]
    = got       f32[B, N]
E0221_result_mismatch.ordo:1:23: note: declared here
  1 | fn f(x: f32[B, N]) -> f32[B] { x * 2 }
    |                       ^^^^^^

E0221_result_mismatch.ordo:2:45: error[E0221]: the result is not of the declared type
  2 | fn g(x: f32[B, N]) -> (f32[B, N], f32[B]) { (x, x) }
    |                                             ^^^^^^
    = expected  (f32[B, N], f32[B])
    = got       (f32[B, N], f32[B, N])
E0221_result_mismatch.ordo:2:23: note: declared here
  2 | fn g(x: f32[B, N]) -> (f32[B, N], f32[B]) { (x, x) }
    |                       ^^^^^^^^^^^^^^^^^^^

E0221_result_mismatch.ordo:3:29: error[E0221]: the result is not of the declared type
  3 | fn h(x: f32[N]) -> i32[N] { x }
    |                             ^
    = expected  i32[N]
    = got       f32[N]
E0221_result_mismatch.ordo:3:20: note: declared here
  3 | fn h(x: f32[N]) -> i32[N] { x }
    |                    ^^^^^^

3 errors
