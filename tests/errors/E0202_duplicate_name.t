# args: check
# exit: 1
layer L(H) {
  W: f32[H] ~ zeros
  W: f32[H] ~ ones
  fn (x: f32[H]) { x }
  fn (y: f32[H]) { y }
}
fn g(x: f32[B, T]) {
  scan t in T { y[:, t] = x[:, t]; y[:, t] = x[:, t] }
  y
}
# ---
E0202_duplicate_name.ordo:3:3: error[E0202]: the layer has two members 'W'
  3 |   W: f32[H] ~ ones
    |   ^
E0202_duplicate_name.ordo:2:3: note: the first one
  2 |   W: f32[H] ~ zeros
    |   ^

E0202_duplicate_name.ordo:5:3: error[E0202]: the layer has this method twice
  5 |   fn (y: f32[H]) { y }
    |   ^^
E0202_duplicate_name.ordo:4:3: note: the first one
  4 |   fn (x: f32[H]) { x }
    |   ^^

E0202_duplicate_name.ordo:8:36: error[E0202]: 'y' is collected twice in this loop
  8 |   scan t in T { y[:, t] = x[:, t]; y[:, t] = x[:, t] }
    |                                    ^

3 errors
