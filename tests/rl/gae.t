# args: run {} checks --seed 3
# exit: 0
# Advantages against direct sums: discounted rewards minus the value for lam = 1, the errors of one step for lam = 0,
# the double sum of the definition in between. Responses have 1 to 6 tokens; what stands behind them is not a number.
import rl

const B = 5
const T = 6

fn shift(v: f32[B, T]) -> f32[B, T] {
  z[b, i] = 0 with b in B, i in 1
  concat(v[:, 1:T], z)
}

fn worst(x: f32[B, T], y: f32[B, T], ym: bool[B, T]) -> f32 { max(where(ym, abs(x - y), 0)) }

fn checks() -> (bool, bool, bool, bool, bool) {
  ym[b, t] = t <= b with b in B, t in T
  r0 = where(ym, normal(0, 1, [B, T]), nan)
  v0 = where(ym, normal(0, 1, [B, T]), nan)
  r = where(ym, r0, 0)
  v = where(ym, v0, 0)
  (gamma, lam) = (0.9, 0.8)
  (a1, ret1) = gae(r0, v0, ym, gamma = gamma, lam = 1)
  (a0, ret0) = gae(r0, v0, ym, gamma = gamma, lam = 0)
  (a, ret) = gae(r0, v0, ym, gamma = gamma, lam = lam)
  delta = r + gamma * shift(v) - v
  direct[b, t] = sum[u](where(u >= t, gamma ** f32(i32(u) - i32(t)) * r[b, u], 0)) with t in T
  double[b, t] = sum[u](where(u >= t, (gamma * lam) ** f32(i32(u) - i32(t)) * delta[b, u], 0)) with t in T
  behind = max(where(ym, 0, abs(a)) + where(ym, 0, abs(ret)))
  (worst(a1, direct - v, ym) < 1e-5, worst(a0, delta, ym) < 1e-6, worst(a, double, ym) < 1e-5,
   worst(ret, a + v, ym) < 1e-6, behind == 0)
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
