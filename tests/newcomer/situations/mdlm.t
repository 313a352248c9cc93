# args: check
# exit: 0
import any_order
import optimizers
train t {
  net = Filler(6, 16, 2)
  steps = 3
  step {
    x = randint(5, [4, 7])
    z[b, t] = index(i32(x[b, t]), 6)
    there[b, t] = true with b in 4, t in 7
    loss = masked_diffusion_loss(net, z, there, 5)
    minimize loss over net with adam(lr = 1e-3)
    log loss
  }
}
# ---
