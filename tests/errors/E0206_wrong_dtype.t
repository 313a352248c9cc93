# args: check
# exit: 1
fn f(x: f32[N], k: i32[N]) { x * k }
fn g(k: i32[N]) { exp(k) }
fn h(k: i32[N]) { k * 0.5 }
fn i(x: f32[N]) { x and true }
fn j(x: f32[N]) { f(x, x) }
fn k(x: f32[N], y: <N>[B]) { y + 1 }
fn l(x: f32[T]) { scan t in T, s = 0 until s { s = s + x[t] }; s }
# ---
E0206_wrong_dtype.ordo:1:30: error[E0206]: '*' wants operands of one element type
  1 | fn f(x: f32[N], k: i32[N]) { x * k }
    |                              ^^^^^
    = expected  f32
    = got       i32
    = help: convert one of them: f32(...)

E0206_wrong_dtype.ordo:2:19: error[E0206]: 'exp' cannot be applied to i32[N]
  2 | fn g(k: i32[N]) { exp(k) }
    |                   ^^^^^^
    = help: convert it: f32(...)

E0206_wrong_dtype.ordo:3:19: error[E0206]: the number 0.5 is not a whole number, as i32 wants
  3 | fn h(k: i32[N]) { k * 0.5 }
    |                   ^^^^^^^

E0206_wrong_dtype.ordo:4:19: error[E0206]: 'and' wants operands of one element type
  4 | fn i(x: f32[N]) { x and true }
    |                   ^^^^^^^^^^
    = expected  f32
    = got       bool
    = help: convert one of them: f32(...)

E0206_wrong_dtype.ordo:5:24: error[E0206]: the argument 'k' has the element type f32, i32 wanted
  5 | fn j(x: f32[N]) { f(x, x) }
    |                        ^
    = got       f32[N]
E0206_wrong_dtype.ordo:1:20: note: declared here
  1 | fn f(x: f32[N], k: i32[N]) { x * k }
    |                    ^^^^^^
    = help: convert it: i32(...)

E0206_wrong_dtype.ordo:6:30: error[E0207]: '+' on an index, which is no number
  6 | fn k(x: f32[N], y: <N>[B]) { y + 1 }
    |                              ^^^^^
    = got       <N>[B]
    = help: i32(...) makes a number of it

E0206_wrong_dtype.ordo:7:44: error[E0206]: 'until' wants one bool, not f32: use all(...) or any(...)
  7 | fn l(x: f32[T]) { scan t in T, s = 0 until s { s = s + x[t] }; s }
    |                                            ^

7 errors
