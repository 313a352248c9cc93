# args: run --digits 5 {} Ends.ends
# exit: 0
# Losses, norms and attention at the ends of their options: values and derivatives.
import losses
import norms
import attention
import sets

fn smooth(x: f32[B, T, V], mask: bool[B, T], e: f32) -> (f32, f32[B, T, V]) {
  y[b, t] = index(0, V) with b in B, t in T
  s = smoothed_cross_entropy(x, y, mask, e)
  (s, grad(s, x))
}

layer Norms(D, eps = 0) {
  mean: LayerNorm(D, eps)
  size: RMSNorm(D, eps)
  fn rows(x: f32[B, D]) -> (f32[B, D], f32[B, D], f32[B, D], f32[B, D]) {
    (a, b) = (mean(x), size(x))
    (s, t) = (sum(a ** 3), sum(b ** 3))
    (a, grad(s, x), b, grad(t, x))
  }
}

layer Blind() {
  heads: MultiHead(4, 2)
  set:   MAB(4, 4, 4, 2)
  read:  Set2Set(4, 2)
  fn queries(x: f32[B, T, 4], mask: bool[T, T]) -> (bool, bool, bool) {
    y = heads(x, x, mask)
    s = sum(y ** 2)
    none[b, t] = false with b in B, t in T
    z = set(as_set(x), as_set(x), none)
    q = read(as_set(x), none)
    t = sum(z ** 2) + sum(q ** 2)
    (dx, dz) = (grad(s, x), grad(t, x))
    first = y[:, 0, :]
    (all(first == 0), all(abs(dx) < inf) and all(abs(dz) < inf), all(abs(z) < inf) and all(q * 0 == 0))
  }
}

layer Ends() {
  norms: Norms(3)
  blind: Blind()
  fn ends() {
    l[b, t, v] = where(v == 0, 1, where(v == 1, -inf, 2)) with b in 1, t in 1, v in 3
    far[b, t, v] = where(v == 0, -1e5, 1e5) with b in 1, t in 1, v in 3
    there[b, t] = true with b in 1, t in 1
    nowhere[b, t] = false with b in 1, t in 1
    x[b, d] = where(b == 0, 2, f32(d)) with b in 2, d in 3
    z[b, d] = where(b == 0, 0, f32(d)) with b in 2, d in 3
    h[b, t, d] = f32(t) + f32(d) / 4 with b in 1, t in 2, d in 4
    look[t, s] = t == 1 with t in 2, s in 2
    (smooth(l, there, 0), smooth(far, there, 1), smooth(l, nowhere, 0.1), norms.rows(x), norms.rows(z), blind.queries(h, look))
  }
}
# ---
result1 = 1.3133
result2 = 
[[[-0.73106, 0, 0.73106]]]
result3 = 66667
result4 = 
[[[-0.33333, 0.16667, 0.16667]]]
result5 = 0
result6 = 
[[[0, 0, 0]]]
result7 = 
[[0, 0, 0],
 [-1.2247, 0, 1.2247]]
result8 = 
[[0, 0, 0],
 [1.8371, -3.6742, 1.8371]]
result9 = 
[[1, 1, 1],
 [0, 0.7746, 1.5492]]
result10 = 
[[0, 0, 0],
 [0, -1.1154, 0.55771]]
result11 = 
[[0, 0, 0],
 [-1.2247, 0, 1.2247]]
result12 = 
[[0, 0, 0],
 [1.8371, -3.6742, 1.8371]]
result13 = 
[[0, 0, 0],
 [0, 0.7746, 1.5492]]
result14 = 
[[0, 0, 0],
 [0, -1.1154, 0.55771]]
result15 = true
result16 = true
result17 = true
