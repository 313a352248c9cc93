# args: check
# exit: 1
fn f(n: i32[B]) -> f32[B] { n / 2 }
# ---
integer_division.ordo:1:29: error[E0221]: the result is not of the declared type
  1 | fn f(n: i32[B]) -> f32[B] { n / 2 }
    |                             ^^^^^
    = expected  f32[B]
    = got       i32[B]
integer_division.ordo:1:20: note: declared here
  1 | fn f(n: i32[B]) -> f32[B] { n / 2 }
    |                    ^^^^^^

1 error
