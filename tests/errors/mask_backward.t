# args: check {}
# exit: 1
# A loop that runs backward begins with the padding.
fn backward(x: f32[B, T], there: mask[B, T]) -> f32[B, T] {
  scan t in T reversed, h = zeros(B) {
    h = tanh(h + x[:, t])
    y[:, t] = h
  }
  y
}
# ---
mask_backward.ordo:3:8: error[E0413]: the loop begins with the padding of the axis T and hands on what it makes of it
  3 |   scan t in T reversed, h = zeros(B) {
    |        ^
mask_backward.ordo:2:27: note: the axis T is padded: this mask says so
  2 | fn backward(x: f32[B, T], there: mask[B, T]) -> f32[B, T] {
    |                           ^^^^^^^^^^^^^^^^^
mask_backward.ordo:4:9: note: its padding comes through 'h'
  4 |     h = tanh(h + x[:, t])
    |         ^^^^^^^^^^^^^^^^^
    = help: keep the state there: h = where(mask[b, t], new, h)

1 error
