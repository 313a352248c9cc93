# args: check
# exit: 1
fn f(x: f32[N], y: f32[N]) { x + y }
fn g(x: f32[N]) { f(x) }
fn h(x: f32[N]) { f(x, x, x) }
fn i(x: f32[N]) { f(x, z = x) }
fn j(x: f32[N]) { f(x, x = x) }
fn k(x: f32[N]) { exp(x, x) }
fn l(x: f32[N]) { sum(v = x) }
layer L(H) { fn (x: f32[H]) { x } }
layer M(H) { a: L(H, 3)
  b: L(K = 3)
  c: L()
  fn (x: f32[H]) { x } }
fn m(n: layer, x: f32[N]) { n(x) }
fn n(x: f32[N]) { m(x, x) }
fn o(x: f32[N]) { uniform(0, 1, 2, 3) }
fn p(x: f32[N]) { reshape(x, N) }
# ---
E0215_argument.ordo:2:19: error[E0215]: 'f' is called without its argument 'y'
  2 | fn g(x: f32[N]) { f(x) }
    |                   ^^^^
E0215_argument.ordo:1:17: note: declared here, without a default
  1 | fn f(x: f32[N], y: f32[N]) { x + y }
    |                 ^^^^^^^^^

E0215_argument.ordo:3:27: error[E0215]: 'f': 3 arguments for 2 parameters
  3 | fn h(x: f32[N]) { f(x, x, x) }
    |                           ^
E0215_argument.ordo:1:4: note: declared here
  1 | fn f(x: f32[N], y: f32[N]) { x + y }
    |    ^

E0215_argument.ordo:4:24: error[E0215]: 'f': there is no parameter 'z'
  4 | fn i(x: f32[N]) { f(x, z = x) }
    |                        ^^^^^
E0215_argument.ordo:1:4: note: declared here
  1 | fn f(x: f32[N], y: f32[N]) { x + y }
    |    ^

E0215_argument.ordo:5:24: error[E0215]: 'f': this parameter has been given before
  5 | fn j(x: f32[N]) { f(x, x = x) }
    |                        ^^^^^
E0215_argument.ordo:1:4: note: declared here
  1 | fn f(x: f32[N], y: f32[N]) { x + y }
    |    ^

E0215_argument.ordo:6:19: error[E0215]: 'exp' takes 1 argument, not 2
  6 | fn k(x: f32[N]) { exp(x, x) }
    |                   ^^^^^^^^^

E0215_argument.ordo:7:19: error[E0215]: 'sum' takes one tensor
  7 | fn l(x: f32[N]) { sum(v = x) }
    |                   ^^^^^^^^^^

E0215_argument.ordo:9:22: error[E0215]: 'L' has fewer constants than that
  9 | layer M(H) { a: L(H, 3)
    |                      ^
    = help: its constants are H

E0215_argument.ordo:10:8: error[E0215]: 'L' has no constant 'K'
  10 |   b: L(K = 3)
     |        ^^^^^
     = help: its constants are H

E0215_argument.ordo:11:3: error[E0215]: 'L' is used without its constant 'H'
  11 |   c: L()
     |   ^^^^^^
E0215_argument.ordo:8:9: note: declared here, without a default
   8 | layer L(H) { fn (x: f32[H]) { x } }
     |         ^

E0215_argument.ordo:14:21: error[E0215]: the parameter 'n' is a layer, not f32[N]
  14 | fn n(x: f32[N]) { m(x, x) }
     |                     ^

E0215_argument.ordo:15:19: error[E0215]: 'uniform' takes 0 to 3 arguments, not 4
  15 | fn o(x: f32[N]) { uniform(0, 1, 2, 3) }
     |                   ^^^^^^^^^^^^^^^^^^^

E0215_argument.ordo:16:19: error[E0215]: reshape(x, [A, B]) wants a list of sizes, not the number N
  16 | fn p(x: f32[N]) { reshape(x, N) }
     |                   ^^^^^^^^^^^^^

12 errors
