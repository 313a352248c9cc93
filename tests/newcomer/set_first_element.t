# args: check
# exit: 1
fn f(x: f32[B, {N}]) -> f32[B] { x[:, 0] }
# ---
set_first_element.ordo:1:39: error[E0410]: a fixed place of the set {N} is taken
  1 | fn f(x: f32[B, {N}]) -> f32[B] { x[:, 0] }
    |                                       ^
set_first_element.ordo:1:6: note: the set {N} is declared here
  1 | fn f(x: f32[B, {N}]) -> f32[B] { x[:, 0] }
    |      ^^^^^^^^^^^^^^
    = help: no element is the first: reduce over the elements, attend over them, choose one by argmax; or write as_sequence(x) if the order matters

1 error
