# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }
layer Other(H = 4) { v: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ v } }
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

train t {
  net = Net()
  old = Other() frozen
  step {
    x[b, h] = uniform(0, 1) with b in 3, h in 4
    minimize mean(net(x)) over net with sgd() every 0
    move old to net with sgd()
    move net to x with sgd()
    move net to net with copy()
    scan t in 3, s = 0 { move net to net with sgd(); s = s + 1 }
  }
}
# ---
E0303_bad_move.ordo:12:53: error[E0303]: an update every 0 turns
  12 |     minimize mean(net(x)) over net with sgd() every 0
     |                                                     ^

E0303_bad_move.ordo:13:5: error[E0303]: the models have not the same weights
  13 |     move old to net with sgd()
     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^
     = expected  Other(4)
     = got       Net(4)

E0303_bad_move.ordo:14:17: error[E0303]: 'move' wants a model of the program, not f32[3, 4]
  14 |     move net to x with sgd()
     |                 ^

E0303_bad_move.ordo:15:26: error[E0201]: there is no optimizer 'copy'
  15 |     move net to net with copy()
     |                          ^^^^
     = help: the library has it: import optimizers

E0303_bad_move.ordo:16:26: error[E0303]: move stands in the step, outside of scans
  16 |     scan t in 3, s = 0 { move net to net with sgd(); s = s + 1 }
     |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^

5 errors
