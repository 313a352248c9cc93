# args: train -q --log-every 1 --out run
# exit: 0
# States of layers: assigned in the step, untouched in evals and in frozen models, seen by all that share the layer,
# also in arrays, in functions with the layer as parameter, in methods that call methods, and in 'repeat'. By hand.
optimizer sgd(lr = 1.0) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }

layer Count(by = 1) {
  w: f32 ~ ones
  state n: f32 ~ zeros
  state last: f32[2] ~ ones

  fn add(k: f32) -> f32 { n = n + k; n }
  fn (x: f32[B, 2]) -> f32 {
    a = n
    u = add(by)
    b = n
    v = add(by)
    last[i] = mean[b](x[b, i] * w)
    a + 10 * b + 100 * n + sum(last) + 0 * (u + v)
  }
}

fn twice(f: layer, x: f32[B, 2]) -> f32 { f(x) + 0 * f(x) }

layer Net {
  one:  Count(1)
  more: [2] Count(2)
  fn (x: f32[B, 2]) -> f32 { a = more[0](x); b = more[1](x); c = more[1](x); twice(one, x) + 0 * (a + b + c) }
}

train p {
  net   = Net
  still = copy of net frozen
  steps = 2

  step {
    x[b, i] = 1 + f32(i) with b in 4, i in 2
    y = net(x)
    z[i] = still(x) + f32(i) with i in 2
    repeat 3 { u = net.more[0](x) }
    loss = net.more[1].w * sum(x) + sum(net.one.last)     # of the states nothing is differentiated
    minimize loss over net with sgd when step > 5
    log y, n1 = net.one.n, n20 = net.more[0].n, n21 = net.more[1].n, last = net.one.last[1], still = sum(z)
    log d = grad(net.one(x), net.one)[0]
  }

  eval every 1 {
    x[b, i] = 1.0 with b in 4, i in 2
    log y = net(x), n1 = net.one.n
  }
}
# ---
train        y                879
             n1               10
             n20              32
             n21              16
             last             2
             still            5
             d                0
eval         y                1335
             n1               12
done after 2 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
