# args: train -q --log-every 1 --out run
# exit: 0
# Weights by place and by rank: each statement moves its own, the others stay. By hand.
optimizer down(lr = 1.0) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr } }

layer Part(I, O) {
  W: f32[I, O] ~ zeros
  b: f32[O]    ~ zeros
  fn (x: f32[B, I]) -> f32[B, O] { x @ W + b }
}

layer Net {
  scale: f32 ~ zeros
  trunk: Part(2, 2)
  head:  [2] Part(2, 2)
  fn (x: f32[B, 2]) -> f32 { sum(head[1](head[0](trunk(x)))) * scale + sum(trunk(x)) + sum(head[0](x)) + sum(head[1](x)) }
}

train p {
  net   = Net
  steps = 1

  step {
    x[b, i] = f32(b + i) with b in 2, i in 2
    minimize net(x) over matrices(net) with down
    minimize net(x) over others(net.trunk), net.head with down(lr = 10.0)
    minimize net(x) over net.head[1].b, net.scale with down(lr = 100.0)
    log scale = net.scale, tw = net.trunk.W[0, 0], tb = net.trunk.b[0]
    log h0w = net.head[0].W[0, 0], h0b = net.head[0].b[0], h1w = net.head[1].W[0, 0], h1b = net.head[1].b[0]
  }
}
# ---
train        scale            -100
             tw               -1
             tb               -10
             h0w              -11
             h0b              -10
             h1w              -11
             h1b              -110
done after 1 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
