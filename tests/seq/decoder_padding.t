# args: run {} Models.checks --seed 3
# exit: 0
# Decoder-only models of each kind, with weights drawn at random: padding at the end, in front and between tokens changes
# no logits of real tokens and no token that greedy decoding writes, and no loss where the real tokens stand side by side; a
# later token changes nothing before it.
import transformer
import decoding

const V = 13
const D = 16

layer Models {
  rotary:  Decoder(V, D, 2, groups = 2)
  learned: Decoder(V, D, 2, groups = 1, position = "learned", places = 16, act = "gelu_tanh", tied = true)
  llama:   Decoder(V, D, 2, norm = "rms", act = "swiglu", bias = false)
  gemma:   Decoder(V, D, 1, 2, groups = 1, F = 20, norm = "rms", act = "geglu", bias = false, tied = true, K = 12)

  fn all_logits(x: <V>[B, T], m: bool[B, T]) -> f32[B, T, 4 * V] {
    concat(rotary(x, m), learned(x, m), llama(x, m), gemma(x, m))
  }

  fn all_losses(x: <V>[B, T], m: bool[B, T]) -> f32[4] {
    stack(rotary.loss(x, m), learned.loss(x, m), llama.loss(x, m), gemma.loss(x, m))
  }

  # What greedy decoding adds, 6 tokens of each model.
  fn written(x: <V>[B, P], m: bool[B, P]) -> <V>[B, 24] {
    (a, am) = greedy(rotary, x, m, 6, 2)
    (b, bm) = greedy(learned, x, m, 6, 2)
    (c, cm) = greedy(llama, x, m, 6, 2)
    (d, dm) = greedy(gemma, x, m, 6, 2)
    concat(a, b, c, d)
  }

  # Row b holds b + 2 of 5 tokens. 'at' is the place of each of them among 9.
  fn spread(x: <V>[4, 5], at: <9>[4, 5]) -> (<V>[4, 9], bool[4, 9]) {
    other[b, i] = randint(V) with b in 4, i in 9
    hit[b, i, t] = t < b + 2 and at[b, t] == i with i in 9, b in 4, t in 5
    which[b, i] = argmax[t](f32(hit[b, i, t]))
    real[b, i] = any[t](hit[b, i, t])
    y[b, i] = where(real[b, i], x[b, which[b, i]], other[b, i])
    (y, real)
  }

  fn same(x: <V>[4, 5], at: <9>[4, 5]) -> (bool, bool, bool) {
    m[b, t] = t < b + 2 with b in 4, t in 5
    (z, zm) = spread(x, at)
    (short, long) = (all_logits(x, m), all_logits(z, zm))
    back[b, t, v] = long[b, at[b, t], v]
    apart[b, t, v] = where(m[b, t], abs(short[b, t, v] - back[b, t, v]), 0)
    (max(apart) < 1e-6, max(abs(all_losses(x, m) - all_losses(z, zm))) < 1e-5, all(written(x, m) == written(z, zm)))
  }

  fn checks() -> (bool, bool, bool, bool, bool, bool, bool, bool, bool) {
    x = randint(V, [4, 5])
    end[b, t] = index(i32(t), 9) with b in 4, t in 5
    front[b, t] = index(i32(t) + 7 - i32(b), 9) with b in 4, t in 5
    gaps[b, t] = index(2 * i32(t), 9) with b in 4, t in 5
    (a1, b1, c1) = same(x, end)
    (a2, b2, c2) = same(x, front)
    (a3, b3, c3) = same(x, gaps)
    full[b, t] = true with b in 4, t in 5
    later[b, t] = where(t == 4, index(0, V), where(t == 3, index(1, V), x[b, t]))
    change[b, t, v] = abs(all_logits(x, full)[b, t, v] - all_logits(later, full)[b, t, v])
    (a1, b1, c1, a2, b2, c2, a3, c3, max(change[:, :3, :]) == 0 and max(change[:, 3:, :]) > 1e-3)
  }
}
# ---
a1 = true
b1 = true
c1 = true
a2 = true
b2 = true
c2 = true
a3 = true
c3 = true
result9 = true
