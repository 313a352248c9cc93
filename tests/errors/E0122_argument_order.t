# args: check
# exit: 1
fn f(x: f32[B, H]) -> f32[B, H] {
  attend(heads = 4, x, x)
}
# ---
E0122_argument_order.ordo:2:21: error[E0122]: an argument without a name follows one with a name
  2 |   attend(heads = 4, x, x)
    |                     ^
    = help: put it before the named ones, or name it too

E0122_argument_order.ordo:2:24: error[E0122]: an argument without a name follows one with a name
  2 |   attend(heads = 4, x, x)
    |                        ^
    = help: put it before the named ones, or name it too

2 errors
