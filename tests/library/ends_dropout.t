# args: train --quiet --out run {}
# exit: 0
# Dropout at p = 0 and p = 1, optimizers at 0: values and derivatives. zero has had no derivative, and stays with eps = 0.
import optimizers
import dropout
import losses

layer Net {
  w: f32[3] ~ ones
  zero: f32[2] ~ ones
  drop: Dropout(1)
  fn (x: f32[3]) -> f32 { sum(dropout(w * x, 0)) + sum(drop(w)) + sum(dropout(w ** 2, 1)) + sum(zero * 0) }
}

train ends {
  still = Net()
  adams = Net()
  heavy = Net()
  short = Net()
  steps = 3
  step {
    minimize still(ones(3)) over still with sgd(lr = 0)
    minimize adams(ones(3)) over adams with adam(lr = 0.1, beta1 = 0, beta2 = 0, eps = 0)
    minimize heavy(ones(3)) over heavy with momentum(lr = 0.1, beta = 1)
    minimize short(ones(3)) over short with momentum(lr = 0.1, beta = 0, clip_norm = 0)
    log still = still.w[0], adams = adams.w[0], zero = adams.zero[0], heavy = heavy.w[0], short = short.w[0]
  }
}
# ---
train        still            1
             adams            0.7
             zero             1
             heavy            0.4
             short            1
done after 3 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
