# args: check
# exit: 1
fn f(x: f32[B, {N}]) { x[:, 0] }
fn g(x: f32[B, {N}]) {
  scan n in N, s = zeros(B) { s = s * 2 + x[:, n] }
  s
}
fn h(x: f32[B, {N}]) { y[b, n] = x[b, N - 1 - n]; y }
fn i(x: f32[B, {N}]) { s = as_sequence(x); s[:, 0] }
# ---
E0410_order_dependent.ordo:1:29: error[E0410]: this depends on the order of a set axis
  1 | fn f(x: f32[B, {N}]) { x[:, 0] }
    |                             ^
E0410_order_dependent.ordo:1:6: note: declared here with a set axis
  1 | fn f(x: f32[B, {N}]) { x[:, 0] }
    |      ^
    = help: reduce over the elements, attend over them, or write as_sequence(x) if the order matters

E0410_order_dependent.ordo:3:48: error[E0410]: this depends on the order of a set axis
  3 |   scan n in N, s = zeros(B) { s = s * 2 + x[:, n] }
    |                                                ^
E0410_order_dependent.ordo:3:8: note: the loop reads the elements one after another
  3 |   scan n in N, s = zeros(B) { s = s * 2 + x[:, n] }
    |        ^
E0410_order_dependent.ordo:2:6: note: declared here with a set axis
  2 | fn g(x: f32[B, {N}]) {
    |      ^
    = help: reduce over the elements, attend over them, or write as_sequence(x) if the order matters

E0410_order_dependent.ordo:6:39: error[E0410]: this depends on the order of a set axis
  6 | fn h(x: f32[B, {N}]) { y[b, n] = x[b, N - 1 - n]; y }
    |                                       ^^^^^^^^^
E0410_order_dependent.ordo:6:6: note: declared here with a set axis
  6 | fn h(x: f32[B, {N}]) { y[b, n] = x[b, N - 1 - n]; y }
    |      ^
    = help: reduce over the elements, attend over them, or write as_sequence(x) if the order matters

3 errors
