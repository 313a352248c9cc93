# exit: 1
# args: check
import optimizers

layer One {
  w: f32 ~ ones
  fn (x: f32) -> f32 { w * x }
}

train constant {
  net  = One
  fast = One
  step {
    move fast to net with copy
    minimize fast(2.0) over fast with sgd
    minimize fast(2.0) over net with sgd
  }
}

train moved {
  net = One
  step {
    y = net(2.0)
    repeat 2 { minimize y ** 2 over net with sgd }
  }
}

train frozen {
  net     = One
  teacher = One frozen
  step {
    move teacher to net with copy through
  }
}
# ---
E0303_through.ordo:14:14: error[E0303]: the loss does not depend on the weights of 'net'
  14 |     minimize fast(2.0) over net with sgd
     |              ^^^^^^^^^
     = help: what an earlier minimize or move made of these weights is a constant: let derivatives go through it, ... with RULE through

E0303_through.ordo:22:25: error[E0303]: the loss does not depend on the weights of 'net' after the first turn
  22 |     repeat 2 { minimize y ** 2 over net with sgd }
     |                         ^^^^^^
     = help: a loss computed before an earlier minimize was computed from the old weights: compute it again

E0303_through.ordo:30:10: error[E0303]: no derivative goes through a frozen model
  30 |     move teacher to net with copy through
     |          ^^^^^^^
E0303_through.ordo:28:3: note: declared here
  28 |   teacher = One frozen
     |   ^^^^^^^

3 errors
