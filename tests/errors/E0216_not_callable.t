# args: check
# exit: 1
layer L(H) { fn go(x: f32[H]) { x } }
fn f(x: f32[N]) { L(x) }
fn g(x: f32[N]) { f + x }
fn h(x: f32[N]) { exp * x }
fn i(x: f32[N]) { x(x) }
fn j(x: f32[N]) { x.max() }
layer M(H) { a: L(H)
  fn (x: f32[H]) { a(x) }
  fn run(x: f32[H]) { a.go + x } }
# ---
E0216_not_callable.ordo:2:19: error[E0216]: the layer 'L' has weights: it has to be a member of a layer or a setting of a training program
  2 | fn f(x: f32[N]) { L(x) }
    |                   ^

E0216_not_callable.ordo:3:19: error[E0216]: 'f' is not a value; it has to be called
  3 | fn g(x: f32[N]) { f + x }
    |                   ^
E0216_not_callable.ordo:2:4: note: defined here
  2 | fn f(x: f32[N]) { L(x) }
    |    ^

E0216_not_callable.ordo:4:19: error[E0216]: 'exp' is a function: call it
  4 | fn h(x: f32[N]) { exp * x }
    |                   ^^^

E0216_not_callable.ordo:5:19: error[E0216]: f32[N] cannot be called
  5 | fn i(x: f32[N]) { x(x) }
    |                   ^^^^

E0216_not_callable.ordo:6:19: error[E0216]: f32[N] has no methods
  6 | fn j(x: f32[N]) { x.max() }
    |                   ^^^^^

E0216_not_callable.ordo:8:20: error[E0216]: L(H) has no call operator
  8 |   fn (x: f32[H]) { a(x) }
    |                    ^^^^
E0216_not_callable.ordo:1:7: note: the layer is defined here
  1 | layer L(H) { fn go(x: f32[H]) { x } }
    |       ^
    = help: define one, fn (x: ...) { ... }, or call one of its methods

E0216_not_callable.ordo:9:25: error[E0216]: 'go' is a method: call it
  9 |   fn run(x: f32[H]) { a.go + x } }
    |                         ^^

7 errors
