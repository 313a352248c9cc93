# args: check
# exit: 1
fn f(x: f32[N]) { zeros(sum(x)) }
fn g(x: f32[N]) { y[b] = x[0] with b in 0.5; y }
fn h(x: f32[N], k: size) { x * k }
fn i(x: f32[N]) { h(x, x[0]) }
fn j(x: f32[N]) { zeros(N / 0) }
fn k(x: f32[N]) { reshape(x, [true]) }
# ---
E0213_not_size.ordo:1:19: error[E0213]: an extent is a size, not f32
  1 | fn f(x: f32[N]) { zeros(sum(x)) }
    |                   ^^^^^^^^^^^^^

E0213_not_size.ordo:2:41: error[E0213]: a size is wanted here, not the number 0.5
  2 | fn g(x: f32[N]) { y[b] = x[0] with b in 0.5; y }
    |                                         ^^^

E0213_not_size.ordo:4:24: error[E0213]: a size is wanted here, not f32
  4 | fn i(x: f32[N]) { h(x, x[0]) }
    |                        ^^^^
    = help: a value of the run time cannot be an extent

E0213_not_size.ordo:5:25: error[E0213]: this is not a size: '/' of the number N and the number 0
  5 | fn j(x: f32[N]) { zeros(N / 0) }
    |                         ^^^^^

E0213_not_size.ordo:6:19: error[E0213]: an extent is a size, not true
  6 | fn k(x: f32[N]) { reshape(x, [true]) }
    |                   ^^^^^^^^^^^^^^^^^^

5 errors
