# args: run {} Models.checks --seed 4
# exit: 0
# Encoder-decoders of each kind: longer padding of the source, in front and at the end, and of the target changes no loss, no
# derivative of the weights and no token that is written.
import transformer
import seq2seq
import decoding

const V = 7
const D = 8

layer Models {
  trans:   EncoderDecoder(V, 11, D, 2, heads = 2)
  learned: EncoderDecoder(V, 11, D, 1, heads = 2, groups = 1, position = "learned", norm = "rms", act = "swiglu", tied = false)
  lstm:    Seq2Seq(V, 11, D)
  two:     Seq2Seq(V, 11, D, 6, cell = "gru", attention = "dot", R = D / 2, layers = 2)
  gru:     Seq2Seq(V, 11, D, cell = "gru", attention = "dot", both = false)
  plain:   Seq2Seq(V, 11, D, attention = "none")

  fn same(net: layer, x: <V>[4, 5], m: bool[4, 5], y: <11>[4, 3], ym: bool[4, 3]) -> (bool, bool, bool) {
    z = randint(V, [4, 3])
    w = randint(11, [4, 2])
    no[b, p] = false with b in 4, p in 3
    none[b, p] = false with b in 4, p in 2
    l = net.loss(x, m, y, ym)
    end = net.loss(concat(x, z), concat(m, no), concat(y, w), concat(ym, none))
    front = net.loss(concat(z, x), concat(no, m), y, ym)
    g = slope_size(net, x, m, y, ym)
    g2 = slope_size(net, concat(z, x, z), concat(no, m, no), concat(y, w), concat(ym, none))
    (a, am) = greedy(net, x, m, 4, 2)
    (b, bm) = greedy(net, concat(z, x, z), concat(no, m, no), 4, 2)
    (abs(l - end) < 1e-5 and abs(l - front) < 1e-5, abs(g - g2) < 1e-4, all(a == b) and all(am == bm))
  }

  # A number that any change of a derivative would change.
  fn slope_size(net: layer, x: <V>[B, S], m: bool[B, S], y: <11>[B, T], ym: bool[B, T]) -> f32 {
    l = net.loss(x, m, y, ym)
    d = grad(l, net)
    s = 0.0
    for i in d.len { s = s + sum(d[i] ** 2) }
    sqrt(s)
  }

  fn checks() -> (bool, bool, bool, bool, bool, bool) {
    x = randint(V, [4, 5])
    m[b, p] = p <= b with b in 4, p in 5
    y = randint(11, [4, 3])
    ym[b, t] = t < b with b in 4, t in 3
    (a, b, c) = same(trans, x, m, y, ym)
    (e, f, g) = same(learned, x, m, y, ym)
    (i, j, k) = same(lstm, x, m, y, ym)
    (n, o, p) = same(gru, x, m, y, ym)
    (r, s, t) = same(plain, x, m, y, ym)
    (a2, b2, c2) = same(two, x, m, y, ym)
    (a and b and c, e and f and g, i and j and k, n and o and p, r and s and t, a2 and b2 and c2)
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
