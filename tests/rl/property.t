# args: run {} Property.same --seed 7
# exit: 0
# Rewards of a sequence-to-sequence model, in one pass against generating and comparing.

import rewards
import "tiny.ordo"

const V       = 12
const B       = 64
const P       = 4
const T       = 7
const END     = 2
const RESPOND = 5

layer Property(D = 8) {
  rm: Tiny(V, D)

  # Random responses, half of them steered to what the model writes, so that first differences fall everywhere.
  fn responses() -> (<V>[B, P], bool[B, P], <V>[B, T], bool[B, T]) {
    x[b, p] = randint(V) with b in B, p in P
    gap[b] = randint(P) with b in B
    xm[b, p] = p >= gap[b] with p in P
    y[b, t] = randint(V) with b in B, t in T
    keep[b, t] = bernoulli(0.8) with b in B, t in T
    scan k in 6, y = y {
      ym = real_tokens(y, END)
      a = choice(correction_logits(rm, x, xm, y, ym, y, ym, RESPOND, END))
      y[b, t] = where(keep[b, t], a[b, t], y[b, t])
    }
    (x, xm, y, real_tokens(y, END))
  }

  # The model's own output after [x, y, respond], token by token, each fed with what it has written.
  fn written(x: <V>[B, P], xm: bool[B, P], y: <V>[B, T], ym: bool[B, T]) -> <V>[B, T] {
    scan t in T, out = y {
      all_real[b, s] = true with b in B, s in T
      a = choice(correction_logits(rm, x, xm, y, ym, out, all_real, RESPOND, END))
      out[b, s] = where(s == t, a[b, s], out[b, s])
    }
    out
  }

  # The number of agreed tokens both ways, and whether they are the same for all responses.
  fn same() -> (bool, f32[T + 1]) {
    (x, xm, y, ym) = responses()
    a = choice(correction_logits(rm, x, xm, y, ym, y, ym, RESPOND, END))
    one_pass = lengths(agreed_prefix(y, a, ym))
    compared = lengths(agreed_prefix(y, written(x, xm, y, ym), ym))
    many[d] = sum[b](f32(i32(one_pass[b]) == d)) with d in T + 1
    (all(one_pass == compared), many)
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
many = [21, 21, 10, 6, 3, 0, 3, 0]
