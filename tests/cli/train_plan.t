# args: train {} --stop-after=plan -O1
# exit: 0
# The plan that runs: the new weight is written over the old one, the step's result has no memory of its own.
import optimizers

layer Line() {
  a: f32 ~ ones
  fn (x: f32[B]) -> f32[B] { a * x }
}

train fit {
  net   = Line()
  steps = 2

  step {
    x[b] = uniform(0, 1) with b in 4
    loss = mean((net(x) - 3 * x) ** 2)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
# ---
instructions
   0 kernel b3 b0 -> b7 b8
   1 kernel b7 -> b6
   2 kernel b1 -> b5
   3 kernel b0 b8 -> b4
buffers
  b0 param 0 : f32 "net.a"
  b1 param 1 : f32 "net.sgd.step"
  b2 param 2 : f32 "step"
  b3 param 3 : key "key"
  b4 arena 0 : f32 in b0 [3, 3]
  b5 arena 1 : f32 in b1 [2, 2]
  b6 result 2 : f32
  b7 arena : f32 [0, 1]
  b8 arena : f32 [0, 3]
