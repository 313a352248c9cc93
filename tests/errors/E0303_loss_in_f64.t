# args: check
# exit: 1
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }
layer Net(H = 4) { w: f64[H] ~ ones
  fn (x: f64[B, H]) { x @ w } }

train t {
  net = Net()
  step {
    x[b, h] = f64(uniform(0, 1)) with b in 3, h in 4
    minimize mean(net(x)) over net with sgd()
  }
}
# ---
E0303_loss_in_f64.ordo:9:14: error[E0303]: the loss is an f32 scalar, not f64
  9 |     minimize mean(net(x)) over net with sgd()
    |              ^^^^^^^^^^^^
    = help: precision = "f64" in the program computes in f64 all that is called f32

1 error
