# exit: 1
# args: train -q
import optimizers

layer One {
  w: f32 ~ ones
  fn (x: f32) -> f32 { w * x }
}

train p {
  net   = One
  steps = 1
  step {
    repeat 100, y = net(1.0) {
      minimize (y * net(2.0) - 1) ** 2 over net with sgd(lr = 0.01)
      y = net(1.0)
    }
    log y
  }
}
# ---
E0611_too_many_turns.ordo:13:7: error[E0611]: the loss has what it is differentiated by also from the turn before, which is written out for at most 64 turns, not 100
  13 |       minimize (y * net(2.0) - 1) ** 2 over net with sgd(lr = 0.01)
     |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: compute that value again in the turn that uses it, or hand on stop_gradient(...)

1 error
