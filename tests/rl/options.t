# args: run {} Options.checks --seed 4
# exit: 0
# Options of the rewards of a sequence-to-sequence model: an output that is sampled (D3), pay over the length of the
# model's own output (D12).
import rewards

const V       = 12
const B       = 48
const P       = 4
const T       = 6
const END     = 2
const RESPOND = 5

layer Options(D = 8) {
  rm: Decoder(V, D, 1, 2)

  # Most tokens are those that the model would write: responses agree to different lengths.
  fn responses() -> (<V>[B, P], bool[B, P], <V>[B, T]) {
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
    (x, xm, y)
  }

  # The length of the model's own output, with one pass over everything for each token.
  fn own_length(x: <V>[B, P], xm: bool[B, P], y: <V>[B, T], ym: bool[B, T]) -> f32[B] {
    scan t in T, out = y {
      all_real[b, s] = true with b in B, s in T
      a = choice(correction_logits(rm, x, xm, y, ym, out, all_real, RESPOND, END))
      out[b, s] = where(s == t, a[b, s], out[b, s])
    }
    lengths(real_tokens(out, END))
  }

  fn checks() -> (bool, bool, bool, bool) {
    (x, xm, y) = responses()
    ym = real_tokens(y, END)
    logits = correction_logits(rm, x, xm, y, ym, y, ym, RESPOND, END)
    plain = seq2seq_reward(rm, x, xm, y, ym, RESPOND, END)
    # D3: near temperature 0 it is the greedy output; at 1 a first token agrees as often as the model's probability says
    cold = seq2seq_reward(rm, x, xm, y, ym, RESPOND, END, sampled = true, temperature = 1e-4)
    many[b, i, t, v] = logits[b, t, v] with b in B, i in 400
    drawn = sampled_choice(reshape(many, [B * 400, T, V]))
    first[n] = drawn[n, index(0, T)]
    hit[b, i] = f32(first[index(i32(b) * 400 + i32(i), B * 400)] == y[b, index(0, T)]) with b in B, i in 400
    share[b] = mean[i](hit[b, i])
    lp = token_logp(logits, y)
    # D12
    own = own_length(x, xm, y, ym)
    paid = seq2seq_reward(rm, x, xm, y, ym, RESPOND, END, own_length = true, alpha = 2)
    by_hand = agreement_rewards(y, choice(logits), ym, own, alpha = 2)
    (all(cold == plain), max(abs(share - exp(lp[:, index(0, T)]))) < 0.1, all(paid == by_hand),
     any(own != lengths(ym)))
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
