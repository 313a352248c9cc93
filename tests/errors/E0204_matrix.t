# args: check
fn a(x: f32[B, N, M]) -> f32[B, N, M] { cholesky(x) }
fn b(x: f32[N]) -> (f32[N], f32[N, N]) { eigh(x) }
fn c(x: i32[N, N], y: f32[N]) -> f32[N] { solve(x, y) }
fn d(x: f32[N, N], y: f32[M]) -> f32[M] { solve(x, y) }
fn e(x: f32[N, N], y: f64[N]) -> f64[N] { solve(x, y) }
# ---
E0204_matrix.ordo:1:41: error[E0204]: cholesky wants as many columns as rows
  1 | fn a(x: f32[B, N, M]) -> f32[B, N, M] { cholesky(x) }
    |                                         ^^^^^^^^^^^
    = got       f32[B, N, M]

E0204_matrix.ordo:2:42: error[E0205]: eigh wants a matrix in the last two axes
  2 | fn b(x: f32[N]) -> (f32[N], f32[N, N]) { eigh(x) }
    |                                          ^^^^^^^
    = got       f32[N]

E0204_matrix.ordo:3:43: error[E0206]: solve wants a matrix of floats, not i32[N, N]
  3 | fn c(x: i32[N, N], y: f32[N]) -> f32[N] { solve(x, y) }
    |                                           ^^^^^^^^^^^

E0204_matrix.ordo:4:43: error[E0203]: solve wants vectors or matrices with as many rows, and as many of them
  4 | fn d(x: f32[N, N], y: f32[M]) -> f32[M] { solve(x, y) }
    |                                           ^^^^^^^^^^^
    = expected  f32[N, N] up to the last axis
    = got       f32[M]

E0204_matrix.ordo:5:43: error[E0203]: solve wants vectors or matrices with as many rows, and as many of them
  5 | fn e(x: f32[N, N], y: f64[N]) -> f64[N] { solve(x, y) }
    |                                           ^^^^^^^^^^^
    = expected  f32[N, N] up to the last axis
    = got       f64[N]

5 errors
