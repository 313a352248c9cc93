# args: check
# exit: 1
fn f(x: f32[N], i: i32[B]) { y[b] = x[i[b]]; y }
fn g(x: f32[N]) { x[x] }
layer L(H) { a: [2] M(H)
  fn (x: f32[H]) { a[:](x) } }
layer M(H) { fn (x: f32[H]) { x } }
# ---
E0224_bad_subscript.ordo:1:39: error[E0224]: i32 cannot be a subscript
  1 | fn f(x: f32[N], i: i32[B]) { y[b] = x[i[b]]; y }
    |                                       ^^^^
    = help: index(e, N) makes an index of it, cut into range

E0224_bad_subscript.ordo:2:21: error[E0224]: f32[N] cannot be a subscript
  2 | fn g(x: f32[N]) { x[x] }
    |                     ^

E0224_bad_subscript.ordo:4:20: error[E0224]: an array of 2 layers takes one number as subscript
  4 |   fn (x: f32[H]) { a[:](x) } }
    |                    ^^^^

3 errors
