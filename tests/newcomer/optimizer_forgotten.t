# args: check
# exit: 1
import linear

train t {
  net = Linear(2, 1)
  steps = 10
  step {
    x[b, i] = normal(0, 1) with b in 8, i in 2
    loss = mean((net(x) - 1) ** 2)
    minimize loss over net with adam(lr = 0.1)
    log loss
  }
}
# ---
optimizer_forgotten.ordo:9:33: error[E0201]: there is no optimizer 'adam'
  9 |     minimize loss over net with adam(lr = 0.1)
    |                                 ^^^^
    = help: the library has it: import optimizers

1 error
