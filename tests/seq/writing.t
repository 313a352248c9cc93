# args: run {} Models.checks --seed 5
# exit: 0
# Cached decoding writes the tokens that a whole pass over prompt and tokens would choose, one by one, and gives their
# log-probabilities; beam 1 is greedy; wider beams find sequences at least as likely; the best of all sequences of two
# tokens is what a beam as wide as the vocabulary finds; after the end token everything is 0 and not real.
import transformer
import seq2seq
import decoding

const V = 7
const D = 16
const T = 5

layer Models {
  lm:    Decoder(V, D, 2, groups = 2, norm = "rms", act = "swiglu", bias = false)
  gpt:   Decoder(V, D, 2, act = "gelu_tanh", position = "learned", places = 32, tied = true)
  trans: EncoderDecoder(V, V, D, 2)
  lstm:  Seq2Seq(V, V, D)
  two:   Seq2Seq(V, V, D, 6, cell = "gru", attention = "dot", R = D / 2, layers = 2)
  gru:   Seq2Seq(V, V, D, cell = "gru", attention = "dot", both = false)
  plain: Seq2Seq(V, V, D, attention = "none")

  # The scores of each of the tokens y, all in one pass.
  fn lm_scores(net: layer, x: <V>[B, P], m: bool[B, P], y: <V>[B, T]) -> f32[B, T, V] {
    yes[b, t] = true with b in B, t in T
    l = net.logits(concat(x, y), concat(m, yes))
    l[:, P - 1:P + T - 1, :]
  }
  fn pair_scores(net: layer, x: <V>[B, P], m: bool[B, P], y: <V>[B, T]) -> f32[B, T, V] {
    yes[b, t] = true with b in B, t in T
    net.logits(x, m, y, yes)
  }

  fn agrees(net: layer, scores: f32[B, T, V], y: <V>[B, T], real: bool[B, T]) -> bool {
    best[b, t] = argmax[v](scores[b, t, v])
    all(best == y or not real)
  }

  fn lm_ok(net: layer, x: <V>[B, P], m: bool[B, P]) -> (bool, bool) {
    (y, real) = greedy(net, x, m, T, 2)
    (z, z_real, logp) = sample(net, x, m, T, 2, temperature = 0.7)
    l = lm_scores(net, x, m, z)
    lp[b, t, v] = log_softmax[v](l[b, t, v] / 0.7)
    apart[b, t] = where(z_real[b, t], abs(lp[b, t, z[b, t]] - logp[b, t]), abs(logp[b, t]))
    (agrees(net, lm_scores(net, x, m, y), y, real), max(apart) < 1e-4)
  }
  fn pair_ok(net: layer, x: <V>[B, P], m: bool[B, P]) -> (bool, bool) {
    (y, real) = greedy(net, x, m, T, 2)
    (z, z_real, logp) = sample(net, x, m, T, 2, temperature = 0.7)
    l = pair_scores(net, x, m, z)
    lp[b, t, v] = log_softmax[v](l[b, t, v] / 0.7)
    apart[b, t] = where(z_real[b, t], abs(lp[b, t, z[b, t]] - logp[b, t]), abs(logp[b, t]))
    (agrees(net, pair_scores(net, x, m, y), y, real), max(apart) < 1e-4)
  }

  # Beam 1 is greedy. A beam of V looks at every sequence of two tokens.
  fn beams_ok(net: layer, x: <V>[B, P], m: bool[B, P]) -> (bool, bool) {
    (y, real) = greedy(net, x, m, T, 2)
    (one, one_real, score) = beam(net, x, m, T, 2, W = 1)
    same = all(one[:, 0, :] == y) and all(one_real[:, 0, :] == real)
    (w, w_real, w_score) = beam(net, x, m, 2, 99, W = V, alpha = 0)
    pairs[b, i, j, t] = where(t == 0, index(i32(i), V), index(i32(j), V)) with b in B, i in V, j in V, t in 2
    each[b, i, j, p] = x[b, p] with i in V, j in V
    masks[b, i, j, p] = m[b, p] with i in V, j in V
    l = pair_logits(net, reshape(each, [B*V*V, P]), reshape(masks, [B*V*V, P]), reshape(pairs, [B*V*V, 2]))
    lp[r, t, v] = log_softmax[v](l[r, t, v])
    flat = reshape(pairs, [B*V*V, 2])
    total[r] = sum[t](lp[r, t, flat[r, t]])
    all_totals = reshape(total, [B, V*V])
    best[b] = max[k](all_totals[b, k])
    (same, max(abs(best - w_score[:, 0])) < 1e-4)
  }
  fn pair_logits(net: layer, x: <V>[R, P], m: bool[R, P], y: <V>[R, 2]) -> f32[R, 2, V] {
    yes[r, t] = true with r in R, t in 2
    net.logits(x, m, y, yes)
  }

  fn past_end_ok(net: layer, x: <V>[B, P], m: bool[B, P]) -> bool {
    (y, real, logp) = sample(net, x, m, 40, 2)
    hit[b, t] = f32(i32(y[b, t]) == 2)
    before[b, t] = cumsum[t](hit[b, t]) - hit[b, t]
    all(real == (before < 0.5)) and all(real or i32(y) == 0) and any(before > 0.5)
  }

  fn checks() -> (bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool) {
    x = randint(V, [4, 5])
    m[b, p] = p >= b with b in 4, p in 5   # padding in front
    e[b, p] = p <= b with b in 4, p in 5   # and at the end
    (a1, a2) = lm_ok(lm, x, m)
    (b1, b2) = lm_ok(gpt, x, m)
    (c1, c2) = pair_ok(trans, x, e)
    (d1, d2) = pair_ok(lstm, x, e)
    (e1, e2) = pair_ok(gru, x, e)
    (e3, e4) = pair_ok(two, x, e)
    (f1, f2) = pair_ok(plain, x, e)
    (g1, g2) = beams_ok(trans, x, e)
    (h1, h2) = beams_ok(lstm, x, e)
    (a1 and b1, a2 and b2, c1, c2, d1, d2, e1 and e3, e2 and e4, f1, f2, g1, g2, h1, h2, past_end_ok(lm, x, m),
     past_end_ok(lstm, x, e))
  }
}
# ---
result1 = true
result2 = true
c1 = true
c2 = true
d1 = true
d2 = true
result7 = true
result8 = true
f1 = true
f2 = true
g1 = true
g2 = true
h1 = true
h2 = true
result15 = true
result16 = true
