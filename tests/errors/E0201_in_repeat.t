# args: check
# exit: 1
layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

train t {
  net = Net()
  step {
    repeat 3 {
      minimize sum(net.w ** 2) over net with sgd()
      log a = nothing
    }
    log b = sum(net.w)
  }
}
# ---
E0201_in_repeat.ordo:10:15: error[E0201]: 'nothing' is not defined
  10 |       log a = nothing
     |               ^^^^^^^

1 error
