# args: check
# exit: 1
layer M(H) { w: f32[H] ~ zeros
  fn go(x: f32[H]) { x + w } }
layer L(H) { a: M(H)
  fn (x: f32[H]) { x + a.v }
  fn run(x: f32[H]) { a.walk(x) } }
# ---
E0301_unknown_member.ordo:4:26: error[E0301]: there is no 'v' in a layer M(H)
  4 |   fn (x: f32[H]) { x + a.v }
    |                          ^
E0301_unknown_member.ordo:1:7: note: the layer is defined here
  1 | layer M(H) { w: f32[H] ~ zeros
    |       ^

E0301_unknown_member.ordo:5:25: error[E0301]: M(H) has no method 'walk'
  5 |   fn run(x: f32[H]) { a.walk(x) } }
    |                         ^^^^
E0301_unknown_member.ordo:1:7: note: the layer is defined here
  1 | layer M(H) { w: f32[H] ~ zeros
    |       ^

2 errors
