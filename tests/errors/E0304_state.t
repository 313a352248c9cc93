# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }

train t {
  net = Net()
  coef: f32 ~ full(0.2)
  coef: f32 ~ zeros
  net: f32 ~ zeros
  wrong: f32 ~ nothing
  step {
    coef = ones(3)
    coef = coef > 1
    log c = coef
  }
  eval every 10 {
    coef = 1
    log c = coef
  }
}
# ---
E0304_state.ordo:7:3: error[E0202]: 'coef' is set twice
  7 |   coef: f32 ~ zeros
    |   ^^^^
E0304_state.ordo:6:3: note: the first time
  6 |   coef: f32 ~ full(0.2)
    |   ^^^^

E0304_state.ordo:8:3: error[E0202]: 'net' is set twice
  8 |   net: f32 ~ zeros
    |   ^^^
E0304_state.ordo:5:3: note: the first time
  5 |   net = Net()
    |   ^^^

E0304_state.ordo:9:16: error[E0302]: there is no initialiser 'nothing'
  9 |   wrong: f32 ~ nothing
    |                ^^^^^^^

3 errors
