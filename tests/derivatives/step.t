# args: train -q --log-every 1 --out run
# exit: 0
# Derivatives by weights, by states and in loops of a step whose weights move. The numbers are by hand.
import optimizers

layer One {
  w: f32 ~ ones
  fn (x: f32) -> f32 { w * x }
}

train p {
  net   = One
  other = One
  c: f32 ~ ones
  steps = 1

  step {
    y = net(2.0) * c * other(1.0)
    d0 = grad(y * y, net.w)                # 8 w c o = 8
    dc = grad(y * y, c)                    # 8
    minimize (net(1.0) - 3) ** 2 over net with sgd(lr = 0.25)          # w: 2
    d1 = grad(y * net(1.0), net.w)         # y = 2 is a constant now
    d2 = grad(y * net(1.0), c)             # by c and the old w: 2 * 2
    repeat k in 2 {
      scan t in 2, h = other(1.0) {
        h = h * net(1.0) * y               # o (2 y) ** (t + 1)
        l = h * h
        g[t] = grad(l, net.w)
        go[t] = grad(l, other.w)
      }
      ga[k] = g[1]                         # o**2 4 w**3 y**4: 512; with o = 0.5: 128
      gb[k] = go[1]                        # y = 2 o: 6 * 256 = 1536; then y = 2: 2 o 256 = 256
      minimize (other(1.0) + 1) ** 2 over other with sgd(lr = 0.125)   # o: 0.5, 0.125
      f[k] = grad(y * other(1.0), other.w) # 2, 2
    }
    c = c + 0.5
    dd = grad(c * net(3.0), c)             # 6
    log d0, dc, d1, d2, ga0 = ga[0], ga1 = ga[1], gb0 = gb[0], gb1 = gb[1], f0 = f[0], f1 = f[1], dd, o = other.w
  }

  eval every 1 {
    scan t in 2, h = 1.0 {
      h = h * net(1.0)
      q[t] = grad(h, net.w)                # 1, 2 w
    }
    z = net(2.0) * c
    log q = q[1], qc = grad(z, c), w = net.w
  }
}
# ---
train        d0               8
             dc               8
             d1               2
             d2               4
             ga0              512
             ga1              128
             gb0              1536
             gb1              256
             f0               2
             f1               2
             dd               6
             o                0.125
eval         q                4
             qc               4
             w                2
done after 1 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
