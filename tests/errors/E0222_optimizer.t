# args: check
# exit: 1
import linear
import optimizers
layer Net() {
  a: Linear(2, 1)
  b: Linear(1, 1)
  fn (x: f32[B, 2]) -> f32 { sum(b(a(x))) }
}
train bad {
  net = Net()
  steps = 1
  step { minimize net(ones(1, 2)) over net with adam(beta1 = 1) }
}
# ---
models/lib/optimizers.ordo:55:12: error[E0222]: beta1 and beta2 are from 0 to below 1
  55 |     assert beta1 >= 0 and beta1 < 1 and beta2 >= 0 and beta2 < 1, "beta1 and beta2 are from 0 to below 1"
     |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/optimizers.ordo:55:5: note: in 'bad.step'
  55 |     assert beta1 >= 0 and beta1 < 1 and beta2 >= 0 and beta2 < 1, "beta1 and beta2 are from 0 to below 1"
     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
