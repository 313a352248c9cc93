# args: check
# exit: 0
import linear
layer Coupling(D, H) {
  net: Linear(D / 2, H)
  st: Linear(H, D)
  fn (x: f32[B, D]) -> (f32[B, D], f32[B]) {
    (a, b) = split(x, 2)
    (s, t) = split(st(tanh(net(a))), 2)
    s = tanh(s)
    det[i] = sum[d](s[i, d])
    (concat(b * exp(s) + t, a), det)
  }
}
layer RealNVP(D, H, L) {
  c: [L] Coupling(D, H)
  fn logp(x: f32[B, D]) -> f32[B] {
    total = zeros(B)
    for f in c {
      (x, d) = f(x)
      total = total + d
    }
    q[b] = sum[d](-0.5 * x[b, d] ** 2 - 0.9189385)
    q + total
  }
}
# ---
