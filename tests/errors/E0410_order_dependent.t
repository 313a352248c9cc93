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
E0410_order_dependent.ordo:1:29: error[E0410]: a fixed place of the set {N} is taken
  1 | fn f(x: f32[B, {N}]) { x[:, 0] }
    |                             ^
E0410_order_dependent.ordo:1:6: note: the set {N} is declared here
  1 | fn f(x: f32[B, {N}]) { x[:, 0] }
    |      ^^^^^^^^^^^^^^
    = help: no element is the first: reduce over the elements, attend over them, choose one by argmax; or write as_sequence(x) if the order matters

E0410_order_dependent.ordo:3:35: error[E0410]: the loop reads the elements of the set {N} one after another, and hands on what it read
  3 |   scan n in N, s = zeros(B) { s = s * 2 + x[:, n] }
    |                                   ^^^^^^^^^^^^^^^
E0410_order_dependent.ordo:2:6: note: the set {N} is declared here
  2 | fn g(x: f32[B, {N}]) {
    |      ^^^^^^^^^^^^^^
E0410_order_dependent.ordo:3:8: note: the loop is here
  3 |   scan n in N, s = zeros(B) { s = s * 2 + x[:, n] }
    |        ^
    = help: reduce over the elements (sum, mean, max) or attend over them; or write as_sequence(x) if the order matters

E0410_order_dependent.ordo:6:39: error[E0410]: the set {N} is reversed: it has no order to reverse
  6 | fn h(x: f32[B, {N}]) { y[b, n] = x[b, N - 1 - n]; y }
    |                                       ^^^^^^^^^
E0410_order_dependent.ordo:6:6: note: the set {N} is declared here
  6 | fn h(x: f32[B, {N}]) { y[b, n] = x[b, N - 1 - n]; y }
    |      ^^^^^^^^^^^^^^
    = help: leave it out; or write as_sequence(x) if the order matters

3 errors
