# args: run {} all "[0, 0]" "[3, 4]" 0
# exit: 0
# A root of squares counts as flat at 0 wherever its squares were summed: before a loop, in a carry, in rows that a loop
# gets, behind a call; by sqrt or a power; in derivatives of derivatives, too.
fn squares(x: f32[D]) -> f32 { sum(x * x) }

fn outside(x: f32[D]) -> f32[D] {
  s = squares(x)
  scan t in 2, l = 0.0 { l = l + sqrt(s) }
  grad(l, x)
}

fn carried(x: f32[D]) -> f32[D] {
  scan i in D, s = 0.0 { s = s + x[i] ** 2 }
  grad(sqrt(s), x)
}

fn each(x: f32[D]) -> f32[D] {
  scan i in D, s = 0.0, l = 0.0 {
    s = s + abs(x[i])
    l = l + sqrt(s / 2) + s ** 0.25
  }
  grad(l, x)
}

fn cut(x: f32[D]) -> f32[D] {
  r[i] = x[i] ** 2
  scan i in D, l = 0.0 { l = l + sqrt(r[i]) * (1 + f32(i)) }
  grad(l, x)
}

fn collected(x: f32[D]) -> f32[D] {
  scan i in D { r[i] = x[i] ** 4 }
  grad(sum(sqrt(r)) + sum(r) ** 0.5, x)
}

fn twice(x: f32[D]) -> f32[D] {                       # by x of the sum of the slopes times y, in a loop in a loop
  scan t in 1, l = 0.0 {
    scan u in 1, k = 0.0 { k = k + sqrt(sum((x + l) ** 2)) }
    l = l + k
  }
  g = grad(l, x)
  grad(sum(g / (1 + sqrt(sum(g * g)))), x)
}

fn weighted(x: f32[D], y: f32[D]) -> (f32[D], f32[D]) {
  s = sum(exp(y) * x ** 2) + tanh(sum(x ** 2)) / (1 + sum(y ** 2))
  l = sqrt(s) + sqrt(sum(where(y > 0, x * x, 0)))
  grad(l, (x, y))
}

fn by_itself(a: f32) -> f32 {
  s = a * a
  grad(sqrt(s), s)                                     # a value of its own: infinite at 0
}

fn all(x: f32[D], y: f32[D], a: f32) {
  z = x * 0
  (outside(x), outside(y), carried(x), carried(y), each(x), each(y), cut(x), cut(y), collected(x), collected(y), twice(x),
   twice(y), weighted(z, y), weighted(y, x), by_itself(a))
}
# ---
result1 = [0, 0]
result2 = [1.2, 1.6]
result3 = [0, 0]
result4 = [0.6, 0.8]
result5 = [0, 0]
result6 = [0.5055, 0.1917]
result7 = [0, 0]
result8 = [1, 2]
result9 = [0, 0]
result10 = [8.942, 14.97]
result11 = [0, 0]
result12 = [0.016, -0.012]
result13 = [0, 0]
result14 = [0, 0]
result15 = [0.5883, 0.7845]
result16 = [0.8825, 1.569]
result17 = inf
