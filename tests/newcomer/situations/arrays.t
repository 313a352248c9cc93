# args: check
# exit: 0
import linear
import losses
import optimizers
data d = npz("m.npz", valid = 0.2) { x: f32[3, 4]  y: <5> }
fn flat(x: f32[B, 3, 4]) -> f32[B, 12] { reshape(x, [B, 12]) }
train t {
  net = Linear(12, 5)
  steps = 3
  step {
    b = d.batch(4)
    loss = cross_entropy(net(flat(b.x)), b.y)
    minimize loss over net with sgd(lr = 0.1)
    log loss
  }
}
# ---
