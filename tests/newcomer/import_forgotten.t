# args: check
# exit: 1
layer Net(H) {
  a: Linear(H, H)
  fn (x: f32[B, H]) -> f32[B, H] { a(x) }
}
# ---
import_forgotten.ordo:2:6: error[E0201]: there is no layer 'Linear'
  2 |   a: Linear(H, H)
    |      ^^^^^^
    = help: the library has it: import linear

1 error
