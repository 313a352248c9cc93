# args: check
# exit: 1
import linear
import optimizers

train t {
  net = Linear(2, 1)
  steps = 10
  step {
    x[b, i] = normal(0, 1) with b in 8, i in 2
    loss = (net(x) - 1) ** 2
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
# ---
loss_not_scalar.ordo:10:14: error[E0303]: the loss is an f32 scalar, not f32[8, 1]
  10 |     minimize loss over net with sgd(lr = 0.1)
     |              ^^^^
     = help: mean(...) or sum(...) makes one number of it

loss_not_scalar.ordo:11:9: error[E0305]: 'loss' is f32[8, 1], not a scalar number
  11 |     log loss
     |         ^^^^
     = help: log loss = mean(...)

2 errors
