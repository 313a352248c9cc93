# args: train -q --log-every 1 --out run
# exit: 0
# precision = "f64": what the text calls f32 is f64: weights, states, numbers, batches, functions. A billionth is not lost beside 1.
import optimizers

layer Net {
  w: f32 ~ full(1)
  fn (x: f32[B]) -> f32[B] { w * x }
}

fn grown(x: f32) -> f32 { (x - 1) * 1e9 }

train p {
  net = Net
  s: f32 ~ full(1)
  steps = 3
  precision = "f64"

  step {
    s = s + 1e-9
    x[b] = 1 with b in 2
    third = 1 / 3 * one(x)
    minimize mean(net(x)) over net with sgd(lr = 1e-9)
    log state = grown(s), weight = grown(net.w), third = (third - 0.333333333333) * 1e13, at = step + 0.5
  }
}

fn one(x: f32[B]) -> f32 { mean(x) }
# ---
train        state            3
             weight           -3
             third            3.33289
             at               2.5
done after 3 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
