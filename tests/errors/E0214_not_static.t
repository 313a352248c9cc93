# args: check
# exit: 1
fn f(x: f32[N]) { if sum(x) > 0 { y = x } else { y = -x }; y }
fn g(x: f32[N]) { y = x; for i in N { y = y + i }; y }
fn h(x: f32[N]) { assert x[0] > 0, "positive"; x }
fn i(x: f32[N]) { for i in 1000000 { x = x + i }; x }
# ---
E0214_not_static.ordo:1:22: error[E0214]: a condition known before the run is wanted, not bool
  1 | fn f(x: f32[N]) { if sum(x) > 0 { y = x } else { y = -x }; y }
    |                      ^^^^^^^^^^
    = help: where(condition, a, b) chooses between values while running

E0214_not_static.ordo:2:35: error[E0214]: a number known before the run is wanted here, not the size N
  2 | fn g(x: f32[N]) { y = x; for i in N { y = y + i }; y }
    |                                   ^
    = help: a loop over a size is a scan: scan t in T, h = first { ... }

E0214_not_static.ordo:3:26: error[E0214]: a condition known before the run is wanted, not bool
  3 | fn h(x: f32[N]) { assert x[0] > 0, "positive"; x }
    |                          ^^^^^^^^
    = help: where(condition, a, b) chooses between values while running

E0214_not_static.ordo:4:28: error[E0214]: 1000000 turns are too many for a loop that is written out
  4 | fn i(x: f32[N]) { for i in 1000000 { x = x + i }; x }
    |                            ^^^^^^^
    = help: scan t in 1000000 { ... } loops while running

4 errors
