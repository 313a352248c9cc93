# args: run {} checks --seed 3
# exit: 0
# Longer padding, filled with numbers that would show, changes no loss and no metric; whitening equals a loop over the
# real tokens; a constant added to each token is not taken away again by whitening without shift.
import rl
import rewards

const B = 4
const T = 5
const M = 3  # more padding

fn longer(x: f32[B, T], fill: f32) -> f32[B, T + M] {
  z[b, i] = fill with b in B, i in M
  concat(x, z)
}

fn all_numbers(logp: f32[B, S], old: f32[B, S], ref: f32[B, S], v: f32[B, S], v0: f32[B, S], r: f32[B, S],
               ym: bool[B, S]) -> f32[16] {
  k = kl_terms(old, ref)
  (adv, ret) = gae(rewards_with_kl(r, k, ym, coef = 0.1), v0, ym)
  w = whiten(adv, ym)
  n = count(ym)
  stack(policy_loss(logp, old, w, ym, n), policy_clipfrac(logp, old, w, ym), value_loss(v, v0, ret, ym, n),
        value_clipfrac(v, v0, ret, ym), approx_kl(logp, old, ym), explained_variance(v0, ret, ym), mean(response_sum(k, ym)),
        masked_mean(ratio(logp, old), ym), masked_var(ratio(logp, old), ym), mean(response_mean(r, ym)),
        masked_mean(kl_terms(logp, ref, 3), ym), masked_sum(w, ym), masked_sum(ret, ym), n, mean(lengths(ym)),
        masked_sum(whiten(r, ym, shift = false), ym))
}

fn loop_whiten(x: f32[B, T], ym: bool[B, T]) -> f32[B, T] {
  scan b in B, n = 0.0, s = 0.0, q = 0.0 {
    scan t in T, n = n, s = s, q = q {
      n = n + where(ym[b, t], 1, 0)
      s = s + where(ym[b, t], x[b, t], 0)
      q = q + where(ym[b, t], x[b, t] ** 2, 0)
    }
  }
  mu = s / n
  where(ym, (x - mu) / sqrt(q / n - mu ** 2 + 1e-8), 0)
}

fn checks() -> (bool, bool, bool) {
  ym[b, t] = t <= b with b in B, t in T
  none[b, i] = false with b in B, i in M
  x[i, b, t] = normal(0, 0.3) with i in 6, b in B, t in T
  short = all_numbers(x[0, :, :], x[1, :, :], x[2, :, :], x[3, :, :], x[4, :, :], x[5, :, :], ym)
  long = all_numbers(longer(x[0, :, :], 7), longer(x[1, :, :], -9), longer(x[2, :, :], 1e3), longer(x[3, :, :], nan), longer(x[4, :, :], 50), longer(x[5, :, :], inf),
                     concat(ym, none))
  shifted = whiten(x[5, :, :] + 2, ym, shift = false) - whiten(x[5, :, :], ym, shift = false)
  flat = shifted - shifted[0, 0]
  (max(abs(short - long)) < 1e-5, max(abs(whiten(x[0, :, :], ym) - loop_whiten(x[0, :, :], ym))) < 1e-4,
   max(where(ym, abs(flat), 0)) < 1e-5 and shifted[0, 0] > 1)
}
# ---
result1 = true
result2 = true
result3 = true
