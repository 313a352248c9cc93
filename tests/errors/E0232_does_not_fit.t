# args: run {} whole "[1, 1, 1, 1, 1, 1, 1, 1]"
# exit: 1
fn whole(x: f32[A]) -> (f64, i32) {
  (f64(A*A*A*A*A*A*A*A*A*A*A), i32(A*A*A*A*A*A*A*A*A*A*A) + 1)
}
# ---
E0232_does_not_fit.ordo:2:32: error[E0232]: A*A*A*A*A*A*A*A*A*A*A does not fit i32 where A is 8
  2 |   (f64(A*A*A*A*A*A*A*A*A*A*A), i32(A*A*A*A*A*A*A*A*A*A*A) + 1)
    |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^
    = help: f32(..) and f64(..) of a size are taken from 64 bits

1 error
