# args: run --digits 5 {} all
# exit: 0
# A branch that is not taken gives no derivative; the way back goes through sums, broadcasts, transposes, norms, two uses.
fn log_of(x: f32[N]) -> f32[N] { s = sum(where(x > 0, x * log(x), 0)); grad(s, x) }
fn twice(x: f32[N]) -> f32[N] { u = sqrt(x)
  s = sum(where(x > 0, u * u, 0) + where(x > 1, 3 * u, 0)); grad(s, x) }
fn both(x: f32[N]) -> f32[N] { s = sum(where(x > 0, sqrt(x), where(x < 0, sqrt(-x), 0))); grad(s, x) }
fn second(x: f32[N]) -> f32[N] { s = sum(where(x > 0, x ** 1.5, -1)); g = grad(s, x); t = sum(g); grad(t, x) }
fn known(x: f32[N]) -> f32[N] { s = sum(where(is_nan(x), 0, tanh(x))); grad(s, x) }
fn unit(x: f32[B, D]) -> f32[B, D] {
  n[b] = sqrt(sum[d](x[b, d] ** 2))
  y[b, d] = where(n[b] > 0, x[b, d] / n[b], 0)
  s = sum(y ** 3)
  grad(s, x)
}
fn rows(x: f32[B, D], ok: bool[B]) -> f32[B, D] {
  r[b] = sum[d](sqrt(x[b, d])) * prod[d](sqrt(x[b, d]))
  s = sum(where(ok, r, 0))
  grad(s, x)
}
fn turned(x: f32[A, B]) -> f32[A, B] {
  r = sqrt(x)
  y[b, a] = where(r[a, b] > 0, reshape(r, [A, B])[a, b], 0)
  s = sum(y)
  grad(s, x)
}
fn norm(x: f32[D]) -> f32[D] { s = sqrt(mean(x ** 2)) + sum(x * x) ** 0.5; grad(s, x) }
fn hinge(x: f32[D]) -> f32[D] { s = sum(relu(x) + max(0, x) - log1p(exp(-abs(x)))); grad(s, x) }
fn tie(x: f32[D], y: f32[D]) -> (f32[D], f32[D]) { s = sum(max(x, y)); grad(s, (x, y)) }
# The terms of a sum are masked, or its rows, not a product of tensors: where a branch is not taken, log is -inf.
fn terms(x: f32[B, N], w: f32[N], c: f32[B]) -> f32[N] {
  l[b] = sum[n](where(x[b, n] > 0, w[n] * log(x[b, n]), 0))
  s = sum[b](c[b] * l[b])
  grad(s, w)
}
fn terms_of_rows(x: f32[B, N], w: f32[N], c: f32[B], ok: bool[B]) -> f32[N] {
  l[b] = sum[n](where(ok[b], w[n] * log(x[b, n]), 0))
  s = sum[b](c[b] * l[b])
  grad(s, w)
}

fn all() {
  a[i] = where(i == 0, 0, where(i == 1, -1, 4.0)) with i in 3
  m[i, j] = where(i == 0, 0, f32(3 + j)) with i in 2, j in 2
  ok[i] = i == 1 with i in 2
  q[i] = where(i == 0, nan, 0.0) with i in 2
  z[i] = f32(i) - 1 with i in 3
  w = zeros(3)
  (log_of(a), twice(a), both(a), second(a), known(q), unit(m), rows(m, ok), turned(m), norm(w), hinge(z), tie(z, w),
   terms(m, ones(2), stack(1.0, 2.0)), terms_of_rows(m, ones(2), stack(1.0, 2.0), ok))
}
# ---
result1 = [0, 0, 2.3863]
result2 = [0, 0, 1.75]
result3 = [0, -0.5, 0.25]
result4 = [0, 0, 0.375]
result5 = [0, 1]
result6 = 
[[0, 0],
 [-0.04608, 0.03456]]
result7 = 
[[0, 0],
 [3.1547, 2.4821]]
result8 = 
[[0, 0],
 [0.28868, 0.25]]
result9 = [0, 0, 0]
result10 = [-0.26894, 0.5, 2.2689]
result11 = [0, 0.5, 1]
result12 = [1, 0.5, 0]
result13 = [2.1972, 2.7726]
result14 = [2.1972, 2.7726]
