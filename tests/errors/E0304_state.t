# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }

train t {
  net = Net()
  coef: f32 ~ full(0.2)
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

train twice {
  net = Net()
  coef: f32 ~ zeros
  coef: f32 ~ zeros
  net: f32 ~ zeros
  step { log c = coef }
}
# ---
E0304_state.ordo:8:5: error[E0304]: the state 'coef' changes its type
  8 |     coef = ones(3)
    |     ^^^^
    = expected  f32
    = got       f32[3]
E0304_state.ordo:6:3: note: declared here
  6 |   coef: f32 ~ full(0.2)
    |   ^^^^^^^^^^^^^^^^^^^^^

E0304_state.ordo:13:5: error[E0304]: the state 'coef' is not changed in an eval
  13 |     coef = 1
     |     ^^^^

E0304_state.ordo:21:3: error[E0202]: 'coef' is set twice
  21 |   coef: f32 ~ zeros
     |   ^^^^
E0304_state.ordo:20:3: note: the first time
  20 |   coef: f32 ~ zeros
     |   ^^^^

E0304_state.ordo:22:3: error[E0202]: 'net' is set twice
  22 |   net: f32 ~ zeros
     |   ^^^
E0304_state.ordo:19:3: note: the first time
  19 |   net = Net()
     |   ^^^

4 errors
