# args: check
# exit: 1
optimizer sgd(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

layer Net(H = 4) { w: f32[H] ~ ones
  fn (x: f32[B, H]) { x @ w } }

train t {
  net = Net()
  precision = "f16"
  step { log x = 1 }
}

train u {
  net = Net()
  precision = 16
  step { log x = 1 }
}
# ---
E0304_precision.ordo:8:15: error[E0304]: 'precision' is "f32", "bf16" or "f64", not the text "f16"
  8 |   precision = "f16"
    |               ^^^^^
    = help: "bf16" is the type of the operands of matrix products; in "f64" all that the text calls f32 is computed in f64

E0304_precision.ordo:14:15: error[E0304]: 'precision' is "f32", "bf16" or "f64", not the number 16
  14 |   precision = 16
     |               ^^
     = help: "bf16" is the type of the operands of matrix products; in "f64" all that the text calls f32 is computed in f64

2 errors
