# args: check
# exit: 1
const A = "set"
fn f(x: f32[N]) { C = A + 1
  if A > 2 { x = x + 1 }; x }
# ---
E0231_no_common_type.ordo:2:23: error[E0231]: '+' has no meaning between the text "set" and the number 1
  2 | fn f(x: f32[N]) { C = A + 1
    |                       ^^^^^

E0231_no_common_type.ordo:3:6: error[E0231]: '>' has no meaning between the text "set" and the number 2
  3 |   if A > 2 { x = x + 1 }; x }
    |      ^^^^^

2 errors
