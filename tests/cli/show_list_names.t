# args: show {} net --list
# exit: 0
import linear
import optimizers

layer Block(D) {
  a: Linear(D, D)
  fn (x: f32[B, D]) -> f32[B, D] { x + tanh(a(x)) }
}

layer Net(D) {
  first: Linear(2, D)
  block: [3] Block(D)
  scale: f32[D] ~ ones

  fn loss(x: f32[B, 2], y: f32[B]) -> f32 {
    h = relu(first(x))
    for b in block { h = b(h) }
    z[b] = sum[d](h[b, d] * scale[d])
    mean((z - y) ** 2)
  }
}

train net {
  net   = Net(8)
  steps = 10
  best: f32 ~ full(9)

  step {
    x[b, i] = uniform(0, 1) with b in 4, i in 2
    y[b] = x[b, 0] - x[b, 1]
    loss = net.loss(x, y)
    best = min(best, loss)
    minimize loss over net with adam(lr = 0.1)
    log loss
  }
}
# ---
call    net                                      net: Net.loss  9 weights, 248
call    net.first                                first: Linear  2 weights, 24
call    net.block.0                              block.0: Block  2 weights, 72
call    net.block.0.a                            a: Linear  2 weights, 72
call    net.block.1                              block.1: Block  2 weights, 72
call    net.block.1.a                            a: Linear  2 weights, 72
call    net.block.2                              block.2: Block  2 weights, 72
call    net.block.2.a                            a: Linear  2 weights, 72
scope   adam over net                            adam over net  9 weights, 248
scope   adam over net.first.W                    first.W  1 weight, 16
call    adam over net.first.W.clipped            clipped
call    adam over net.first.W.adam_step          adam_step
scope   adam over net.first.b                    first.b  1 weight, 8
call    adam over net.first.b.clipped            clipped
call    adam over net.first.b.adam_step          adam_step
scope   adam over net.block.0.a.W                block.0.a.W  1 weight, 64
call    adam over net.block.0.a.W.clipped        clipped
call    adam over net.block.0.a.W.adam_step      adam_step
scope   adam over net.block.0.a.b                block.0.a.b  1 weight, 8
call    adam over net.block.0.a.b.clipped        clipped
call    adam over net.block.0.a.b.adam_step      adam_step
scope   adam over net.block.1.a.W                block.1.a.W  1 weight, 64
call    adam over net.block.1.a.W.clipped        clipped
call    adam over net.block.1.a.W.adam_step      adam_step
scope   adam over net.block.1.a.b                block.1.a.b  1 weight, 8
call    adam over net.block.1.a.b.clipped        clipped
call    adam over net.block.1.a.b.adam_step      adam_step
scope   adam over net.block.2.a.W                block.2.a.W  1 weight, 64
call    adam over net.block.2.a.W.clipped        clipped
call    adam over net.block.2.a.W.adam_step      adam_step
scope   adam over net.block.2.a.b                block.2.a.b  1 weight, 8
call    adam over net.block.2.a.b.clipped        clipped
call    adam over net.block.2.a.b.adam_step      adam_step
scope   adam over net.scale                      scale  1 weight, 8
call    adam over net.scale.clipped              clipped
call    adam over net.scale.adam_step            adam_step
name    best                                     f32
name    key                                      key
name    x                                        f32[4, 2]
name    y                                        f32[4]
name    h                                        f32[4, 8]
name    z                                        f32[4]
name    cut                                      f32[2, 8]
name    m                                        f32[2, 8]
name    v                                        f32[2, 8]
name    mhat                                     f32[2, 8]
name    vhat                                     f32[2, 8]
name    d                                        f32[2, 8]
