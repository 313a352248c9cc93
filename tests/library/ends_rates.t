# args: run --digits 5 {} ends
# exit: 0
# Schedules without warm-up, with nothing but warm-up, at the last step and behind it; pieces of PPO at their ends.
import optimizers
import rl

fn rates(s: f32, w: f32, n: f32) -> f32[5] {
  stack(warmup(s, 1, w), cosine(s, 1, w, n, 0.25), linear_decay(s, 1, w, n), inverse_sqrt(s, 1, w), step_decay(s, 1, 0.5, 10))
}

fn ends() {
  one[b, t] = true with b in 1, t in 1
  r[b, t] = 2.0 with b in 1, t in 1
  y[b, t] = f32(t + 1) with b in 1, t in 3
  m[b, t] = true with b in 1, t in 3
  v[b, t] = 0.5 with b in 1, t in 3
  first = (rates(0, 0, 10), rates(0, 1, 10), rates(0, -3, 10), rates(0, 10, 10))
  last = (rates(9, 10, 10), rates(10, 10, 10), rates(10, 0, 10), rates(50, 10, 10), rates(3, 0, 0))
  white = whiten(r, one)
  spread = sum(whiten(r, one))
  (first, last, white, grad(spread, r), gae(y, v, m, 0, 1), gae(y, v, m, 1, 0), gae(y, v, m, 1, 1),
      policy_loss(r, r, r, one, 1, 0), value_loss(r, r, r, one, 1, 0), rewards_with_kl(r, r, one, 1, 0), adapt_kl(0.1, 6))
}
# ---
result1 = [1, 1, 1, 1, 1]
result2 = [1, 1, 1, 1, 1]
result3 = [1, 0.90569, 0.76923, 1, 1]
result4 = [0.1, 0.1, 0.1, 0.1, 1]
result5 = [1, 1, 1, 1, 1]
result6 = [1, 1, 0, 0.95346, 0.5]
result7 = [1, 0.25, 0, 0.30151, 0.5]
result8 = [1, 0.25, 0, 0.44281, 0.03125]
result9 = [1, 0.25, 0, 0.5, 1]
white = 
[[0]]
result11 = 
[[0]]
result12 = 
[[0.5, 1.5, 2.5]]
result13 = 
[[1, 2, 3]]
result14 = 
[[1, 2, 2.5]]
result15 = 
[[1.5, 2.5, 3]]
result16 = 
[[5.5, 4.5, 2.5]]
result17 = 
[[6, 5, 3]]
result18 = -2
result19 = 0
result20 = 
[[-2]]
result21 = 0.1
