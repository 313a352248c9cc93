# args: check
# exit: 1
# A sequence passed as a set: its order would be lost.
import linear

layer Bag(H) {
  read: Linear(1, H)
  fn (x: f32[B, {N}]) -> f32[B, H] {
    m = relu(read(x[:, :, new]))
    r[b, d] = mean[n](m[b, n, d])
    r
  }
}

layer Model(H) {
  bag: Bag(H)
  fn (signal: f32[B, T]) -> f32[B, H] { bag(signal) }
}
# ---
E0412_sequence_as_set.ordo:15:45: error[E0412]: 'signal' is a sequence; passed as a set, its order is lost
  15 |   fn (signal: f32[B, T]) -> f32[B, H] { bag(signal) }
     |                                             ^^^^^^
E0412_sequence_as_set.ordo:15:7: note: declared here without braces
  15 |   fn (signal: f32[B, T]) -> f32[B, H] { bag(signal) }
     |       ^^^^^^^^^^^^^^^^^
E0412_sequence_as_set.ordo:6:7: note: the parameter 'x' is a set
   6 |   fn (x: f32[B, {N}]) -> f32[B, H] {
     |       ^^^^^^^^^^^^^^
     = help: declare it with braces if its elements have no order, write as_set(signal) if the order may be lost, or give each element its position as data

1 error
