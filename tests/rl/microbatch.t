# args: run {} Test.same --seed 5
# exit: 0
# The gradient of 16 responses equals the sum of the gradients of 4 x 4, though the parts have different lengths: losses
# are divided by the tokens of the whole batch. With a mean in each part it would not (the second result is the proof
# that the test can fail).
import rl
import rewards
import "tiny.ordo"

const V = 12
const B = 16
const M = 4
const T = 6

layer Test(D = 8) {
  policy: Tiny(V, D)

  fn loss(x: <V>[N, P], xm: bool[N, P], y: <V>[N, T], ym: bool[N, T], old: f32[N, T], adv: f32[N, T], tokens: f32) -> f32 {
    logp = response_logp(policy, x, xm, y, ym)
    policy_loss(logp, old, adv, ym, tokens) + value_loss(logp, old, adv, ym, tokens)
  }

  fn parts(x: <V>[B, P], xm: bool[B, P], y: <V>[B, T], ym: bool[B, T], old: f32[B, T], adv: f32[B, T], whole: bool) -> f32[V, D] {
    scan k in B / M, g = zeros(V, D) {
      rows = part(iota(B), i32(k), M)
      mask = ym[rows, :]
      n = count(mask)
      if whole { n = count(ym) }
      l = loss(x[rows, :], xm[rows, :], y[rows, :], mask, old[rows, :], adv[rows, :], n)
      g = g + grad(l, policy.token.E)
    }
    g
  }

  fn same() -> (bool, bool) {
    x[b, p] = randint(V) with b in B, p in 3
    xm[b, p] = true with b in B, p in 3
    y[b, t] = randint(V) with b in B, t in T
    n[b] = randint(T) with b in B
    ym[b, t] = t <= n[b] with t in T
    adv = normal(0, 1, [B, T])
    old = response_logp(policy, x, xm, y, ym) + normal(0, 0.3, [B, T])
    l = loss(x, xm, y, ym, old, adv, count(ym))
    g = grad(l, policy.token.E)
    near = max(abs(parts(x, xm, y, ym, old, adv, true) - g)) / max(abs(g))
    far = max(abs(parts(x, xm, y, ym, old, adv, false) / 4 - g)) / max(abs(g))
    (near < 1e-5, far > 1e-2)
  }
}
# +++ tiny.ordo
# A decoder of one layer for tests: positions count real tokens, masked ones are never looked at.

import linear

layer Tiny(V, D) {
  token: Embedding(V, D, std = 1)
  place: Embedding(64, D, std = 1)
  q:     Linear(D, D)
  k:     Linear(D, D)
  v:     Linear(D, D)
  o:     Linear(D, V)

  fn hidden(t: <V>[B, S], m: bool[B, S]) -> f32[B, S, D] {
    real[b, s] = f32(m[b, s])
    n[b, s] = cumsum[s](real[b, s])
    at[b, s] = index(i32(n[b, s]) - 1, 64)
    x = token(t) + place(at)
    (a, c, d) = (q(x), k(x), v(x))
    e[b, i, j] = sum[h](a[b, i, h] * c[b, j, h])
    w[b, i, j] = softmax[j](where(j <= i and (m[b, j] or i == j), e[b, i, j], -1e9))
    r[b, i, h] = sum[j](w[b, i, j] * d[b, j, h])
    x + r
  }
  fn scores(h: f32[B, S, D]) -> f32[B, S, V] { o(h) }
}
# ---
result1 = true
result2 = true
