# args: check
# exit: 1
fn f(x: f32[A*B]) { x }
fn g(x: f32[6]) { f(x) }
# ---
E0223_unbound_size.ordo:1:13: error[E0223]: more than one size is unknown in this extent
  1 | fn f(x: f32[A*B]) { x }
    |             ^^^
    = help: name each of them alone as an extent of some parameter

1 error
