# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }

train t {
  net = Net()
  best by valid.accuracy max
  best by final.loss
  best by valid.loss patience 0
  step { }
  eval valid every 10 { log loss = mean(net(ones(2, 4))) }
  eval final { log loss = mean(net(ones(2, 4))) }
}
# ---
E0304_bad_best.ordo:6:3: error[E0304]: no 'eval valid every ...' of the program logs 'accuracy'
  6 |   best by valid.accuracy max
    |   ^^^^^^^^^^^^^^^^^^^^^^^^^^

E0304_bad_best.ordo:7:3: error[E0304]: no 'eval final every ...' of the program logs 'loss'
  7 |   best by final.loss
    |   ^^^^^^^^^^^^^^^^^^

E0304_bad_best.ordo:8:31: error[E0304]: a patience of 0 evaluations
  8 |   best by valid.loss patience 0
    |                               ^

3 errors
