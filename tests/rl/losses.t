# args: run {} losses
# exit: 0
# Losses and coefficients at points where they can be worked out by hand.
import rl
import rewards

fn near(x: f32, y: f32) -> bool { abs(x - y) < 1e-5 * max(1, abs(y)) }

fn losses() -> (bool, bool, bool, bool, bool, bool, bool, bool, bool, bool, bool) {
  zero = zeros(2)
  w = stack(1.0, 3.0)
  l = stack(0.0, 3.0)
  margin = stack(0.5, 0.0)
  bt = (log(1 + exp(-0.5)) + log(2.0)) / 2
  one = ones(1)
  big = full(1e4, 1)
  ym[b, t] = true with b in 1, t in 2
  none[b, t] = false with b in 1, t in 2
  logp[b, t] = log(1.5) with b in 1, t in 2
  adv[b, t] = where(t == 0, 1, -1) with b in 1, t in 2
  z = zeros(1, 2)
  now = normal(0, 1, [1, 2])
  policy = policy_loss(now, now, adv, ym, 2) + value_loss(now, now, now + 2, ym, 2)  # the rollout is of now
  (near(bradley_terry(w, l, margin), bt),
   near(bradley_terry(w, l, margin, centre = 0.1), bt + 0.1 * (1 + 36) / 2),
   near(bradley_terry(w, l, margin, square = 0.1), bt + 0.1 * ((1 + 9) / 2 + 9 / 2) / 2),
   near(bradley_terry(zeros(1), big, zeros(1)), 1e4) and near(bradley_terry(big, zeros(1), zeros(1)), 0),
   near(dpo_loss(2 * one, -one, one, -one, beta = 0.1), log(1 + exp(-0.1))),
   near(dpo_loss(2 * one, -one, one, -one, beta = 0.1, smoothing = 0.25), 0.75 * log(1 + exp(-0.1)) + 0.25 * log(1 + exp(0.1))),
   near(dpo_loss(2 * one, -one, one, -one, beta = 0.1, ipo = true), 16),
   near(policy_loss(logp, z, adv, ym, 2), (-1.2 + 1.5) / 2) and near(policy_clipfrac(logp, z, adv, ym), 0.5),
   near(value_loss(z + 1, z, z + 2, ym, 2), 0.5 * 1.8 ** 2) and near(value_clipfrac(z + 1, z, z + 2, ym), 1),
   near(adapt_kl(0.2, 60, target = 6, n = 1000), 0.204) and near(adapt_kl(0.2, 6.06, target = 6, n = 1000), 0.2002) and
       near(adapt_kl(0.2, -5, target = 6, n = 1000), 0.196) and near(masked_mean(z, none), 0),
   all(abs(grad(policy, now) + adv / 2 + 1) < 1e-5))
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
result7 = true
result8 = true
result9 = true
result10 = true
result11 = true
