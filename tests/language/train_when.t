# args: train -q --log-every 1 --out run
# exit: 0
# 'when': weights, counters and states of optimizers stay as they are in the other steps. By hand.
optimizer count(lr = 1.0) {
  v: f32[..] ~ zeros
  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] {
    v = v + 1
    w - lr * (step + 10 * v)
  }
}
optimizer copy { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { g } }

layer One {
  w: f32 ~ ones
  fn (x: f32) -> f32 { w * x }
}

train p {
  net   = One
  late  = copy of net
  never = copy of net frozen
  steps = 5

  step {
    minimize net(1.0) over net with count when step % 2 == 1  # steps 1 and 3: -11, then -22 more
    move late to net with copy when step == 1
    move never to net with copy when step > 10
    log w = net.w, late = late.w, never = never.w
  }
}
# ---
train        w                -32
             late             -10
             never            1
done after 5 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
