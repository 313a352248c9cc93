# args: run --digits 5 {} Given.ends "[[0, 3, 3, 1]]"
# exit: 0
# Choosing tokens at the ends of temperature, k and p. The writer's scores never change: they are the prompt's numbers.
# At temperature 0 sampling is greedy with log-probability 0, of two equals the first; below 0 the log-probability is not a number.
import decoding
import rl

layer Given {
  bias: f32 ~ zeros
  fn start(x: <4>[B, P], mask: bool[B, P], T: size) -> (<4>[B], f32[B, P]) { (x[:, 0], f32(i32(x))) }
  fn next(y: <4>[B], h: f32[B, P]) -> (f32[B, 4], f32[B, P]) {
    z[b, v] = h[b, index(v, P)] + bias with v in 4
    (z, h)
  }

  fn drawn(x: <4>[B, P], mask: bool[B, P], t: f32) {
    (y, real, logp) = sample(self, x, mask, 3, end = 0, temperature = t)
    (y, logp)
  }

  fn ends(n: i32[B, 4]) {
    x[b, p] = index(n[b, p], 4)
    mask[b, p] = true with b in B, p in 4
    z = f32(n)
    (cold, cold_logp) = drawn(x, mask, 0)
    (below, below_logp) = drawn(x, mask, -f32(n[0, 3]))
    (y, real) = greedy(self, x, mask, 3, 0)
    (one, one_real, one_logp) = sample(self, x, mask, 3, end = 0, k = 1, temperature = 1e-3)
    (first, first_real, first_logp) = sample(self, x, mask, 3, end = 0, nucleus = true, share = 0)
    (best1, real1, logp1) = beam(self, x, mask, 3, 0, W = 1, alpha = 0)
    k = (top_k(z, 0), top_k(z, 1), top_k(z, 4), top_k(z, 9))
    p = (top_p(z, 0), top_p(z, 1))
    (all(cold == y), cold_logp, all(is_nan(below_logp[:, 0])), all(best1[:, 0, :] == y), k, p, token_logp(z[:, new, :], x[:, :1], 0),
        token_entropy(z[:, new, :], 0), tempered(z, inf))
  }
}
# ---
result1 = true
cold_logp = 
[[0, 0, 0]]
result3 = true
result4 = true
result5 = 
[[0, 3, 3, 1]]
result6 = 
[[-inf, 3, 3, -inf]]
result7 = 
[[0, 3, 3, 1]]
result8 = 
[[0, 3, 3, 1]]
result9 = 
[[-inf, 3, 3, -inf]]
result10 = 
[[0, 3, 3, 1]]
result11 = 
[[-inf]]
result12 = 
[[-0]]
result13 = 
[[0, 0, 0, 0]]
