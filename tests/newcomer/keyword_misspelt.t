# args: check
# exit: 1
import linear
import optimizers

train t {
  net = Linear(2, 1)
  steps = 10
  step {
    x[b, i] = normal(0, 1) with b in 8, i in 2
    loss = mean((net(x) - 1) ** 2)
    minimize loss over net with adam(learning_rate = 0.1)
    log loss
  }
}
# ---
keyword_misspelt.ordo:10:38: error[E0215]: 'adam' has no constant 'learning_rate'
  10 |     minimize loss over net with adam(learning_rate = 0.1)
     |                                      ^^^^^^^^^^^^^^^^^^^
     = help: its constants are lr, beta1, beta2, eps, clip_norm

1 error
