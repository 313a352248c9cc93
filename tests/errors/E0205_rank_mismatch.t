# args: check
# exit: 1
fn f(x: f32[B, N]) { y[b] = x[b]; y }
fn g(x: f32[B, N]) { x[0, 0, 0] }
fn h(x: f32[B]) { f(x) }
fn i(x: f32[B]) { transpose(x) }
fn j(x: f32[B, T]) { scan t in T { y[:, t] = sum(x[:, t]) }; y }
# ---
E0205_rank_mismatch.ordo:1:29: error[E0205]: 1 subscript for a tensor of 2 axes
  1 | fn f(x: f32[B, N]) { y[b] = x[b]; y }
    |                             ^^^^
    = got       f32[B, N]
E0205_rank_mismatch.ordo:1:6: note: declared here
  1 | fn f(x: f32[B, N]) { y[b] = x[b]; y }
    |      ^
    = help: every axis gets a subscript; ':' keeps an axis, '..' all leading ones

E0205_rank_mismatch.ordo:2:22: error[E0205]: 3 subscripts for a tensor of 2 axes
  2 | fn g(x: f32[B, N]) { x[0, 0, 0] }
    |                      ^^^^^^^^^^
    = got       f32[B, N]
E0205_rank_mismatch.ordo:2:6: note: declared here
  2 | fn g(x: f32[B, N]) { x[0, 0, 0] }
    |      ^

E0205_rank_mismatch.ordo:3:21: error[E0205]: the argument 'x' has 1 axis, 2 wanted
  3 | fn h(x: f32[B]) { f(x) }
    |                     ^
    = got       f32[B]
E0205_rank_mismatch.ordo:1:9: note: declared here
  1 | fn f(x: f32[B, N]) { y[b] = x[b]; y }
    |         ^^^^^^^^^

E0205_rank_mismatch.ordo:4:19: error[E0205]: transpose swaps the last two axes, and this is f32[B]
  4 | fn i(x: f32[B]) { transpose(x) }
    |                   ^^^^^^^^^^^^

E0205_rank_mismatch.ordo:5:46: error[E0205]: 1 axis on the left besides the loop's, and the right side is f32
  5 | fn j(x: f32[B, T]) { scan t in T { y[:, t] = sum(x[:, t]) }; y }
    |                                              ^^^^^^^^^^^^

5 errors
