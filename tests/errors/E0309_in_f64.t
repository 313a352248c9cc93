# args: check
# exit: 1
extern fn cube(x: f32[B]) -> f32[B] from "./libcube.so"

train t {
  precision = "f64"
  step {
    x[b] = 1 with b in 2
    log y = sum(cube(x))
  }
}
# ---
E0309_in_f64.ordo:7:17: error[E0309]: a program of precision "f64" does not call extern functions
  7 |     log y = sum(cube(x))
    |                 ^^^^^^^

1 error
