# args: run {} main "[1, 2]" --allow-foreign
# exit: 1
extern fn no_such_function(a: f64[N]) -> f64[N] from "libm.so.6"
fn main(a: f64[N]) -> f64[N] { no_such_function(a) + a }
# ---
E0700_no_symbol.ordo:2:32: error[E0700]: 'main' cannot be compiled: the library 'libm.so.6' has no function 'no_such_function'
  2 | fn main(a: f64[N]) -> f64[N] { no_such_function(a) + a }
    |                                ^^^^^^^^^^^^^^^^^^^

1 error
