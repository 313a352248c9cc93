# args: check
# exit: 1
# An LSTM over a set.
import rnn

layer Reader(I, H) {
  cell: LSTM(I, H)
  fn (x: f32[B, {N}, I]) -> f32[B, H] {
    scan n in N, h = zeros(B, H), c = zeros(B, H) {
      (h, c) = cell(x[:, n, :], h, c)
    }
    h
  }
}
# ---
models/lib/rnn.ordo:22:26: error[E0410]: the loop reads the elements of the set {N} one after another, and hands on what it read
  22 |     (i, f, g, o) = split(x @ W + h @ U + b, 4)
     |                          ^^^^^^^^^^^^^
set_lstm.ordo:6:7: note: the set {N} is declared here
   6 |   fn (x: f32[B, {N}, I]) -> f32[B, H] {
     |       ^^^^^^^^^^^^^^^^^
set_lstm.ordo:7:10: note: the loop is here
   7 |     scan n in N, h = zeros(B, H), c = zeros(B, H) {
     |          ^
     = help: reduce over the elements (sum, mean, max) or attend over them; or write as_sequence(x) if the order matters

1 error
