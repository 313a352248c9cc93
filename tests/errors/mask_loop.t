# args: check {}
# exit: 1
# A recurrent loop that reads padding: its last state depends on how much there is.
import rnn

layer Reader(I, H) {
  cell: GRU(I, H)
  fn (x: f32[B, T, I], there: mask[B, T]) -> f32[B, H] {
    scan t in T, h = zeros(B, H) {
      h = cell(x[:, t, :], h)
    }
    h
  }
}

train one {
  net   = Reader(2, 4)
  steps = 0
  step {
    x = normal(0, 1, [3, 5, 2])
    there[b, t] = t < 4 with b in 3, t in 5
    log out = mean(net(x, there))
  }
}
# ---
mask_loop.ordo:7:10: error[E0413]: the loop goes on over the padding of the axis T and changes what it hands on
   7 |     scan t in T, h = zeros(B, H) {
     |          ^
mask_loop.ordo:6:24: note: the axis T is padded: this mask says so
   6 |   fn (x: f32[B, T, I], there: mask[B, T]) -> f32[B, H] {
     |                        ^^^^^^^^^^^^^^^^^
models/lib/rnn.ordo:35:20: note: its padding comes through 'xn'
  35 |     (xr, xz, xn) = split(x @ W + b, 3)
     |                    ^^^^^^^^^^^^^^^^^^^
models/lib/rnn.ordo:39:9: note: its padding comes through 'n'
  39 |     n = tanh(xn + r * hn)
     |         ^^^^^^^^^^^^^^^^^
     = help: keep it there: h = where(mask[b, t], new, h)

1 error
