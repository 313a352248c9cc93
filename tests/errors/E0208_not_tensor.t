# args: check
# exit: 1
fn f(x: f32[N]) { (x, x) + 1 }
fn g(x: f32[N]) { exp((x, x)) }
fn h(x: f32[N]) { N[0] + x }
layer L(H) { a: M(H)
  fn (x: f32[H]) { a + x } }
layer M(H) { fn (x: f32[H]) { x } }
# ---
E0208_not_tensor.ordo:3:19: error[E0208]: the number N has no axes to subscript
  3 | fn h(x: f32[N]) { N[0] + x }
    |                   ^^^^

E0208_not_tensor.ordo:5:20: error[E0208]: '+' cannot be applied to a layer M(H)
  5 |   fn (x: f32[H]) { a + x } }
    |                    ^^^^^
    = help: a layer is called: net(x)

2 errors
