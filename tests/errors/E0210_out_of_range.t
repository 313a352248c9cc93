# args: check
# exit: 1
fn f(x: f32[B, N]) { x[:, 3] }
fn g(x: f32[B, N]) { y[b, n] = x[b, n + 1] with n in N; y }
fn h(x: f32[B, 4]) { x[:, 1:5] }
fn i(x: f32[B]) { p = (x, x); p[2] }
fn j(x: f32[B, T]) { scan t in T, s = zeros(B) { s = s + x[:, t + 1] }; s }
fn k(y: <V>[B]) { y == 7 }
# ---
E0210_out_of_range.ordo:1:27: error[E0210]: the position 3 is not known to lie in an axis of N
  1 | fn f(x: f32[B, N]) { x[:, 3] }
    |                           ^
    = help: what is known of sizes is asserted: assert N > 3

E0210_out_of_range.ordo:2:37: error[E0210]: the range of positions from 1 to N does not lie in an axis of N
  2 | fn g(x: f32[B, N]) { y[b, n] = x[b, n + 1] with n in N; y }
    |                                     ^^^^^
    = help: a shorter index stays inside: ... with n in N - 1
    = help: so does a longer axis: declare it as [N + 1]

E0210_out_of_range.ordo:3:27: error[E0210]: the range of positions from 1 to 4 does not lie in an axis of 4
  3 | fn h(x: f32[B, 4]) { x[:, 1:5] }
    |                           ^^^

E0210_out_of_range.ordo:4:33: error[E0210]: there is no item 2 in (f32[B], f32[B])
  4 | fn i(x: f32[B]) { p = (x, x); p[2] }
    |                                 ^

E0210_out_of_range.ordo:5:63: error[E0210]: the range of positions from 1 to T does not lie in an axis of T
  5 | fn j(x: f32[B, T]) { scan t in T, s = zeros(B) { s = s + x[:, t + 1] }; s }
    |                                                               ^^^^^
    = help: a loop over fewer steps stays inside: scan t in ... - 1
    = help: so does a longer axis: declare it as [T + 1]

E0210_out_of_range.ordo:6:19: error[E0210]: the number 7 is not known to be an index into an axis of V
  6 | fn k(y: <V>[B]) { y == 7 }
    |                   ^^^^^^

6 errors
