# args: check
# exit: 1
const V = 7
fn best(x: f32[B, V]) -> <V>[B] {
  k[b] = argmax[v](x[b, v])
  k
}
fn used(x: f32[B, 7]) -> f32[B] {
  y[b] = x[b, best(x)[b]]
  y
}
layer Table(V) {
  E: f32[V] ~ zeros
  fn (k: <V>[B]) -> f32[B] { E[k] }
}
layer Net {
  t: Table(V)
  fn (k: <V>[B]) -> f32[B] { t(k) }
}
# ---
E0207_hides_constant.ordo:16:32: error[E0207]: the argument 'k' points into an axis of V, not of 7
  16 |   fn (k: <V>[B]) -> f32[B] { t(k) }
     |                                ^
     = expected  <7>
     = got       <V>[B]
E0207_hides_constant.ordo:12:10: note: declared here
  12 |   fn (k: <V>[B]) -> f32[B] { E[k] }
     |          ^^^^^^
E0207_hides_constant.ordo:1:7: note: the V of the signature is a size of its own, not this 7
   1 | const V = 7
     |       ^

1 error
