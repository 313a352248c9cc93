# args: train {} t -q --steps 4
# exit: 0
import optimizers

layer Weight() { w: f32 ~ ones }

train t {
  net = Weight()
  step {
    loss = net.w * log(1 - step)
    minimize loss over net with sgd(lr = 0)
    log step, loss, again = loss
  }
}
# ---
train        step             3
             loss             nan
             again            nan
done after 4 steps: compiled in # s, # ms a step
runs/W0706_nan_logged-t/checkpoint.safetensors, metrics.jsonl
warning[W0706]: step 3 of 't': 'loss' is not a number
    = help: --trap-nan stops at the op that makes the first NaN

