# args: check
# exit: 1
layer Map(I, O) {
  W: f32[I, O] ~ ones
  fn (x: f32[B, I]) -> f32[B, O] { x @ W }
}

layer Wrong {
  a: [i in -1] Map(i, 2)
  b: [i in 3] Map(i - 2, 2)
  c: [i in 3] Map(i / 2.5, 2)
  d: [i in 2] Map(j, 2)
  e: [i in 2] Map(1 + i, 2)
  fn (x: f32[B, 2]) -> f32[B, 2] { e[0](x) + e[1](x) }
}
# ---
E0213_layer_arrays.ordo:2:10: error[E0232]: an axis cannot have -2 elements
  2 |   W: f32[I, O] ~ ones
    |          ^

E0213_layer_arrays.ordo:2:10: error[E0213]: a size is wanted here, not the number 0.4
  2 |   W: f32[I, O] ~ ones
    |          ^

E0213_layer_arrays.ordo:7:12: error[E0213]: an array of -1 layers
  7 |   a: [i in -1] Map(i, 2)
    |            ^^

E0213_layer_arrays.ordo:10:19: error[E0201]: 'j' is not defined
  10 |   d: [i in 2] Map(j, 2)
     |                   ^

4 errors
