# args: check
# exit: 1
fn f(x: f32[N], y: f32[M]) { s = sum[i](x[i] * y[i]); s }
fn g(x: f32[B, H], y: f32[H]) { x * y }
fn h(x: f32[B, H], y: f32[B]) { g(x, y) }
fn i(x: f32[2*H]) { x }
fn j(x: f32[3]) { i(x) }
fn k(x: f32[B, N]) { split(x, 3) }
fn l(x: f32[A, B]) { reshape(x, [A]) }
# ---
E0204_size_mismatch.ordo:1:50: error[E0204]: the index 'i' is used on axes of two sizes, N and M
  1 | fn f(x: f32[N], y: f32[M]) { s = sum[i](x[i] * y[i]); s }
    |                                                  ^
    = expected  N
    = got       M
E0204_size_mismatch.ordo:1:43: note: 'i' has the extent N from here
  1 | fn f(x: f32[N], y: f32[M]) { s = sum[i](x[i] * y[i]); s }
    |                                           ^

E0204_size_mismatch.ordo:3:38: error[E0204]: the argument 'y': an extent is B where H is wanted
  3 | fn h(x: f32[B, H], y: f32[B]) { g(x, y) }
    |                                      ^
    = got       f32[B]
E0204_size_mismatch.ordo:2:27: note: declared here
  2 | fn g(x: f32[B, H], y: f32[H]) { x * y }
    |                           ^
E0204_size_mismatch.ordo:3:35: note: H is H because of this
  3 | fn h(x: f32[B, H], y: f32[B]) { g(x, y) }
    |                                   ^

E0204_size_mismatch.ordo:5:21: error[E0204]: the argument 'x': no 'H' makes this extent equal to 3
  5 | fn j(x: f32[3]) { i(x) }
    |                     ^
E0204_size_mismatch.ordo:4:13: note: the extent is declared here
  4 | fn i(x: f32[2*H]) { x }
    |             ^^^

E0204_size_mismatch.ordo:6:22: error[E0204]: the last axis, N, is not known to be a multiple of 3
  6 | fn k(x: f32[B, N]) { split(x, 3) }
    |                      ^^^^^^^^^^^
    = got       f32[B, N]

E0204_size_mismatch.ordo:7:22: error[E0204]: reshape keeps the number of elements
  7 | fn l(x: f32[A, B]) { reshape(x, [A]) }
    |                      ^^^^^^^^^^^^^^^
    = expected  A*B elements, as f32[A, B] has
    = got       A

5 errors
