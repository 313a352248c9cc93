# args: check
# exit: 1
# Position embeddings on a set.
import linear

layer Embedded(N, D) {
  place: f32[N, D] ~ glorot_uniform
  map:   Linear(D, D)
  fn (x: f32[B, {N}, D]) -> f32[B, D] {
    h = relu(map(x + place))
    r[b, d] = mean[n](h[b, n, d])
    r
  }
}
# ---
set_positions.ordo:8:18: error[E0410]: elements of the set {N} meet a tensor with numbers of its own for each place
  8 |     h = relu(map(x + place))
    |                  ^^^^^^^^^
set_positions.ordo:7:7: note: the set {N} is declared here
  7 |   fn (x: f32[B, {N}, D]) -> f32[B, D] {
    |       ^^^^^^^^^^^^^^^^^
    = note: the places of 'place' have an order
    = help: a weight or a table that is indexed by the place needs an order: use the same numbers for all elements, declare the other tensor as a set, too, or write as_sequence(x) if the order matters

1 error
