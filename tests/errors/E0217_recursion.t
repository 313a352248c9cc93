# args: check
# exit: 1
fn f(x: f32[N]) { g(x) }
fn g(x: f32[N]) { f(x) }
layer L(H) { a: L(H)
  fn (x: f32[H]) { a(x) } }
fn h(x: f32) { h(x) }
fn i(x: f32[N]) { y[n] = h(x[n]); y }
# ---
E0217_recursion.ordo:1:19: error[E0217]: 'g' calls itself
  1 | fn f(x: f32[N]) { g(x) }
    |                   ^^^^
E0217_recursion.ordo:2:1: note: defined here
  2 | fn g(x: f32[N]) { f(x) }
    | ^^^^^^^^^^^^^^^^^^^^^^^^
    = help: use a scan, or an array of layers

E0217_recursion.ordo:3:7: error[E0217]: the layer 'L' contains itself
  3 | layer L(H) { a: L(H)
    |       ^

E0217_recursion.ordo:5:16: error[E0217]: 'h' calls itself
  5 | fn h(x: f32) { h(x) }
    |                ^^^^
E0217_recursion.ordo:5:1: note: defined here
  5 | fn h(x: f32) { h(x) }
    | ^^^^^^^^^^^^^^^^^^^^^
    = help: use a scan, or an array of layers

3 errors
