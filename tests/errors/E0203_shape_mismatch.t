# args: check
# exit: 1
fn f(x: f32[B, N], y: f32[B]) { x + y }
fn g(x: f32[B, N], y: f32[C, N]) { concat(x, y) }
fn h(x: f32[.., D], y: f32[.., D]) { x + y }
fn i(x: f32[A, B, D], y: f32[A, D]) { h(x, y) }
# ---
E0203_shape_mismatch.ordo:1:33: error[E0203]: the shapes do not fit: an axis of N meets one of B
  1 | fn f(x: f32[B, N], y: f32[B]) { x + y }
    |                                 ^^^^^
    = expected  f32[B, N]
    = got       f32[B]
E0203_shape_mismatch.ordo:1:6: note: f32[B, N] is declared here
  1 | fn f(x: f32[B, N], y: f32[B]) { x + y }
    |      ^
E0203_shape_mismatch.ordo:1:20: note: f32[B] is declared here
  1 | fn f(x: f32[B, N], y: f32[B]) { x + y }
    |                    ^

E0203_shape_mismatch.ordo:2:36: error[E0203]: the operands differ in more than axis 1
  2 | fn g(x: f32[B, N], y: f32[C, N]) { concat(x, y) }
    |                                    ^^^^^^^^^^^^
    = expected  f32[B, N]
    = got       f32[C, N]

E0203_shape_mismatch.ordo:4:44: error[E0203]: the argument 'y': the leading axes '..' differ from those bound before
  4 | fn i(x: f32[A, B, D], y: f32[A, D]) { h(x, y) }
    |                                            ^
    = expected  [A, B]
    = got       f32[A, D]
E0203_shape_mismatch.ordo:3:28: note: all '..' of a signature are the same axes
  3 | fn h(x: f32[.., D], y: f32[.., D]) { x + y }
    |                            ^^
E0203_shape_mismatch.ordo:4:41: note: bound by this
  4 | fn i(x: f32[A, B, D], y: f32[A, D]) { h(x, y) }
    |                                         ^

3 errors
