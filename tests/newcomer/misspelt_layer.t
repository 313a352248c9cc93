# args: check
# exit: 1
import linear

layer Net(H) {
  a: Linaer(H, H)
  fn (x: f32[B, H]) -> f32[B, H] { a(x) }
}
# ---
misspelt_layer.ordo:4:6: error[E0201]: there is no layer 'Linaer'
  4 |   a: Linaer(H, H)
    |      ^^^^^^
    = help: did you mean 'Linear'?

1 error
