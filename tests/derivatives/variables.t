# args: run {} all 3 "[1, 2, 3]"
# exit: 0
# What a variable is: a parameter, a constant, one of two equal values, a value seen through a copy, a carry, a part.
fn f(a: f32, b: f32) -> f32 { grad(a * b, a) }

fn equal(x: f32) -> (f32, f32) {
  a = x * x
  b = x * x
  l = a * b
  (grad(l, a), grad(l, x))                          # b = 9, 4 x**3 = 108
}

fn turned(x: f32[3]) -> f32[3] {
  y = transpose(stack(x, 2 * x))
  z = transpose(y)
  grad(sum(z[0, :] * x), y)[:, 0]                   # x
}

fn constant(n: f32[3], dst: <3>[3]) -> (f32, f32[3]) {
  x = 2
  l = sum(n) * x ** 2
  z = zeros(3)
  m = sum(z[dst] * n)
  (grad(l, x), grad(m, z))                          # 4 sum(n) = 24, n by place
}

fn carries(w: f32, x: f32[3]) -> (f32[3], f32[3]) {
  s = w * w
  scan t in 3, h = 1.0, k = s {
    l = h * k * w * s * x[t]                        # h w**(5 + t) x
    (a, b) = grad(l, (w, h))
    da[t] = a                                       # h (5 + t) w**(4 + t) x
    db[t] = b                                       # w**(5 + t) x
    k = k * w
    h = h + 1
  }
  (da, db)
}

fn parts(x: f32[3]) -> (f32[3], f32[3, 3]) {
  scan t in 3, p = 0.0 {
    xt = x[t]
    p = p + xt * x[t] * sum(x)
    a[t] = grad(p, xt)                              # x[t] sum(x): xt has a name of its own
    b[t, :] = grad(p, x)
  }
  (a, b)
}

fn alias(x: f32) -> f32 {
  y = x
  grad(x * x, y)                                    # another name of the same value: 6
}

fn all(x: f32, v: f32[3]) {
  g = (f(x, x * x), f(x, x), f(x, f(x, x)))         # 9, 3, 3
  dst[i] = index(2 - i, 3) with i in 3
  (g, equal(x), turned(v), constant(v, dst), carries(x - 1, v), parts(v), alias(x))
}
# ---
result1 = 9
result2 = 3
result3 = 3
result4 = 9
result5 = 108
result6 = [1, 2, 3]
result7 = 24
result8 = [3, 2, 1]
result9 = [80, 768, 4032]
result10 = [32, 128, 384]
result11 = [6, 12, 18]
result12 = 
[[13, 1, 1],
 [17, 29, 5],
 [26, 38, 50]]
result13 = 6
