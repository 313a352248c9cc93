# args: check
# exit: 1
fn f(x: f32[B, 4294967296]) { split(x, 4294967296) }
# ---
E0215_split_many.ordo:1:31: error[E0215]: split(x, k) wants a tensor with axes and a number of parts, known before the run and no more than a hundred thousand, not f32[B, 4294967296] and the number 4294967296
  1 | fn f(x: f32[B, 4294967296]) { split(x, 4294967296) }
    |                               ^^^^^^^^^^^^^^^^^^^^

1 error
