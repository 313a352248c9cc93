# args: check
# exit: 1
fn f(x: f32[N]) { softmax(x) }
fn g(x: f32[B, N]) { y = argmax[b, n](x[b, n]); y }
fn h(x: f32[B, N]) { argmax(x) }
fn i(x: bool[B, N]) { y[b, n] = cumprod[n](x[b, n]); y }
fn j(x: f32[B, N]) { sum[axis = 1](x) }
fn k(x: f32[N]) { sum[n, n](x[n]) }
# ---
E0230_bad_index_function.ordo:1:19: error[E0230]: 'softmax' needs the index it works along
  1 | fn f(x: f32[N]) { softmax(x) }
    |                   ^^^^^^^^^^
    = help: write y[b, n] = softmax[n](x[b, n])

E0230_bad_index_function.ordo:2:26: error[E0230]: 'argmax' works along exactly one index
  2 | fn g(x: f32[B, N]) { y = argmax[b, n](x[b, n]); y }
    |                          ^^^^^^^^^^^^^^^^^^^^^

E0230_bad_index_function.ordo:3:22: error[E0230]: 'argmax' needs the index it works along
  3 | fn h(x: f32[B, N]) { argmax(x) }
    |                      ^^^^^^^^^
    = help: write y[b, n] = argmax[n](x[b, n])

E0230_bad_index_function.ordo:4:33: error[E0206]: 'cumprod' wants numbers
  4 | fn i(x: bool[B, N]) { y[b, n] = cumprod[n](x[b, n]); y }
    |                                 ^^^^^^^^^^^^^^^^^^^
    = got       bool

E0230_bad_index_function.ordo:5:33: error[E0230]: 'sum' works along an index, not an axis
  5 | fn j(x: f32[B, N]) { sum[axis = 1](x) }
    |                                 ^

E0230_bad_index_function.ordo:6:26: error[E0230]: 'n' stands twice in the brackets
  6 | fn k(x: f32[N]) { sum[n, n](x[n]) }
    |                          ^

6 errors
