# args: run --digits 5 {} all
# exit: 0
# A branch that is not taken gives no derivative through loops, either: what they collect, carry, take in whole or in slices, loops in
# loops, loops that stop, parts that are put together; in the second order, too. Missing numbers (NaN) in what is captured do no harm.
fn collected(x: f32[T, N]) -> f32[T, N] {
  scan t in T { r[t, :] = sqrt(x[t, :]) }
  s = sum(where(x > 0, r, 0))
  grad(s, x)
}
fn carried(x: f32[N]) -> f32[N] {
  scan t in 3, h = sqrt(x) { h = h * x }
  s = sum(where(x > 0, h, 0))
  grad(s, x)
}
fn captured(x: f32[N], w: f32[N], T: size) -> (f32[N], f32[N]) {
  l = log(w)
  scan t in T { r[t, :] = x * l }
  s = sum[t, n](where(w[n] > 0, r[t, n], 0))
  (grad(s, x), grad(s, w))
}
fn missing(x: f32[T, N], w: f32[N]) -> f32[N] {
  scan t in T, h = zeros(N) {
    u = tanh(w * x[t, :])
    r[t, :] = u
    h = h + where(is_nan(x[t, :]), 0, u)
  }
  s = sum(h) + sum(where(is_nan(x), 1, r))
  grad(s, w)
}
fn inner(x: f32[T, N]) -> f32[T, N] {
  u = rsqrt(x)
  scan t in T {
    scan i in 2, h = u[t, :] { h = h * h }
    r[t, :] = h
  }
  s = sum(where(x > 0, r, 0))
  grad(s, x)
}
fn stops(x: f32[N]) -> f32[N] {
  scan t in 5, h = 1 / x until t == 1 { h = h * 2 + 1 / x }
  s = sum(where(x != 0, h, 0))
  grad(s, x)
}
fn parts(x: f32[N]) -> f32[N] {
  r = concat(sqrt(x[1:]), log(x[:1]))
  scan t in 2, h = r { h = 2 * h }
  s = sum(where(abs(h) < inf, h, 0)[:2])
  grad(s, x)
}
fn second(x: f32[N]) -> (f32[N], f32[N]) {
  scan t in 2, h = x { h = h + where(h > 0, h * sqrt(h), -1.0) }
  d = grad(sum(h), x)
  (d, grad(sum(d), x))
}

fn all() {
  a[i] = where(i == 0, 0, where(i == 1, -1, 4.0)) with i in 3
  m[t, i] = where(i == 0, 0, f32(i + 4 * t)) with t in 2, i in 2
  q[t, i] = where(i == t, nan, 0.0) with t in 3, i in 2
  (collected(m), carried(a), captured(ones(3), a, 2), missing(q, ones(2)), inner(m), stops(a), parts(a), second(a))
}
# ---
result1 = 
[[0, 0.5],
 [0, 0.22361]]
result2 = [0, 0, 112]
result3 = [0, 0, 2.7726]
result4 = [0, 0, 0.5]
result5 = [0, 0]
result6 = 
[[0, -2],
 [0, -0.016]]
result7 = [0, -7, -0.4375]
result8 = [0, 0, 1]
result9 = [1, 1, 24.785]
result10 = [0, 0, 5.7877]
