# args: check
# exit: 1
fn f(c: bool[N]) -> i32[N] {
  y[i] = where(c[i], 2, 0) + i
  y
}
# ---
E0206_number.ordo:2:10: error[E0206]: '+' wants operands of one element type
  2 |   y[i] = where(c[i], 2, 0) + i
    |          ^^^^^^^^^^^^^^^^^^^^^
    = expected  f32
    = got       i32
    = help: convert one of them: f32(...)
    = help: numbers that meet no tensor are f32, as in where(c, 2, 0); i32(2) is an i32

1 error
