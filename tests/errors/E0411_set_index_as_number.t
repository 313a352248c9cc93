# args: check
# exit: 1
fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
fn g(x: f32[{N}], p: <N>[B]) { y[b, n] = where(n == p[b], x[n], 0); y }
# ---
E0411_set_index_as_number.ordo:1:40: error[E0411]: 'n' runs over a set axis: its elements have no positions
  1 | fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
    |                                        ^^^^^
E0411_set_index_as_number.ordo:1:6: note: declared here with a set axis
  1 | fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
    |      ^^^^^^^^^^^^^^
    = help: write as_sequence(x) if the order matters

1 error
