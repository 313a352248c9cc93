# args: train {} -q --out run
# env: PMI_SIZE=2 ORDO_MPI=/nonexistent/ordo-mpi.so
# exit: 1
import linear
import optimizers

layer Net {
  w: f32[2] ~ normal(1)
  fn (x: f32[B, 2]) -> f32[B] {
    y[b] = sum[i](x[b, i] * w[i])
    y
  }
}

train fit {
  net   = Net
  steps = 2
  step {
    x[b, i] = uniform(0, 1) with b in 12, i in 2
    loss = mean((net(x) - 1) ** 2)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
# ---
error[E0715]: the ranks cannot be reached: /nonexistent/ordo-mpi.so: cannot open shared object file: No such file or directory
    = help: ORDO_MPI=FILE names the plug-in; --ranks=N needs none, on one machine

1 error
