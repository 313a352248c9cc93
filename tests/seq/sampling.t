# args: run {} Tests.checks --seed 7
# exit: 0
# Draws follow the distribution that temperature, top-k and top-p leave, worked out by hand: chi-square of 20,000 tokens below
# its 99.9 % quantile, nothing that was cut off, the log-probabilities of the cut distribution, and no dependence of a token on
# the one before it. The tokens themselves depend on the seed alone: they are part of the expectation.
import decoding

const V = 5
const B = 4000
const T = 5

# Writes tokens with fixed probabilities, whatever came before.
layer Fixed {
  fn start(x: <V>[B, P], mask: bool[B, P], T: size) { (x[:, 0], (x[:, 0], mask[:, 0])) }
  fn next(y: <V>[B], state: (<V>[B], bool[B])) {
    p[b, v] = where(v == 0, 0.4, where(v == 1, 0.3, where(v == 2, 0.15, where(v == 3, 0.1, 0.05)))) with b in B, v in V
    (log(p), state)
  }
}

fn expected(a: f32, b: f32, c: f32, d: f32, e: f32) -> f32[V] {
  s = a + b + c + d + e
  p[v] = where(v == 0, a, where(v == 1, b, where(v == 2, c, where(v == 3, d, e)))) / s with v in V
  p
}

layer Tests {
  net: Fixed()

  fn input() -> (<V>[B, 1], bool[B, 1]) {
    x[b, p] = index(0, V) with b in B, p in 1
    m[b, p] = true with b in B, p in 1
    (x, m)
  }

  # Whether the draws are those of p, which has 'kept' numbers that are not 0; 'bound' is the 99.9 % quantile of chi-square with
  # kept - 1 degrees of freedom.
  fn fits(y: <V>[B, T], logp: f32[B, T], p: f32[V], bound: f32) -> (bool, bool, bool) {
    count[v] = sum[b, t](f32(i32(y[b, t]) == v)) with v in V
    chi[v] = where(p[v] > 0, (count[v] - B * T * p[v]) ** 2 / (B * T * max(p[v], 1e-9)), 0)
    cut[v] = p[v] > 0 or count[v] == 0
    apart[b, t] = abs(exp(logp[b, t]) - p[y[b, t]])
    (sum(chi) < bound, all(cut), max(apart) < 1e-6)
  }

  fn plain() -> (bool, bool, bool, bool, <V>[2, T]) {
    (x, m) = input()
    (y, real, logp) = sample(net, x, m, T, 99)
    p = expected(0.4, 0.3, 0.15, 0.1, 0.05)
    (a, b, c) = fits(y, logp, p, 18.47)
    pair[i, j] = sum[b, t](f32(i32(y[b, t]) == i and i32(y[b, t + 1]) == j)) with i in V, j in V, t in T - 1
    mean_pair[i, j] = B * (T - 1) * p[i] * p[j]
    (a, b, c and all(real), sum((pair - mean_pair) ** 2 / mean_pair) < 51.18, y[:2, :])
  }

  fn one(temperature: f32, p: f32[V], bound: f32, k: size, nucleus: bool, share: f32) -> bool {
    (x, m) = input()
    (y, real, logp) = sample(net, x, m, T, 99, temperature, k, nucleus, share)
    (a, b, c) = fits(y, logp, p, bound)
    a and b and c
  }

  fn checks() {
    (chi, cut, logp, independent, tokens) = plain()
    cold = one(0.5, expected(0.16, 0.09, 0.0225, 0.01, 0.0025), 18.47, 0, false, 1)
    two = one(1, expected(0.4, 0.3, 0, 0, 0), 10.83, 2, false, 1)
    warm_three = one(2, expected(0.632456, 0.547723, 0.387298, 0, 0), 13.82, 3, false, 1)
    most = one(1, expected(0.4, 0.3, 0.15, 0, 0), 13.82, 0, true, 0.75)
    both = one(1, expected(0.4, 0.3, 0, 0, 0), 10.83, 3, true, 0.6)
    first = one(1, expected(1, 0, 0, 0, 0), 1, 0, true, 0)
    (chi, cut, logp, independent, tokens, cold, two, warm_three, most, both, first)
  }
}
# ---
chi = true
cut = true
logp = true
independent = true
tokens = 
[[0, 0, 1, 0, 2],
 [0, 0, 0, 1, 1]]
cold = true
two = true
warm_three = true
most = true
both = true
first = true
