# args: check
# exit: 1
fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
fn g(x: f32[{N}], p: <N>[B]) { y[b, n] = where(n == p[b], x[n], 0); y }
# ---
E0411_set_index_as_number.ordo:1:34: error[E0411]: the position in the set {N} is used as a number
  1 | fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
    |                                  ^^^^^^^^^^^^^^^^^^^^^^^^
E0411_set_index_as_number.ordo:1:6: note: the set {N} is declared here
  1 | fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
    |      ^^^^^^^^^^^^^^
E0411_set_index_as_number.ordo:1:40: note: the positions are made here
  1 | fn f(x: f32[B, {N}]) { y[b, n] = where(n < 3, x[b, n], 0); y }
    |                                        ^^^^^
    = help: the elements have no positions: compare an index with an index into the set (n == k[b]), give the elements their position as data, or write as_sequence(x) if the order matters

1 error
