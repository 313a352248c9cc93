"""Derivatives with answers from formulas: in loops, of loops, through functions and layers, at zeros and ties, of branches
that are not taken.
"""
import math

from answers import CODES, REFUSED, answer, done

CODES |= {"E0228", "E0611"}
NAN, INF = float("nan"), float("inf")

# ---- in a loop: of carried and captured values, in every order, wherever the loop stands ----

TWO = """fn f(w: %s) -> (%s[3], %s[3]) {
  scan t in 3, a = w ** 0, b = w {
    a = a * w
    b = b + a
    g[t] = grad(b, w)
    k[t] = grad(a * b, w)
  }
  (g, k)
}"""
w = 2.0
a = [w**(t + 1) for t in range(3)]
da = [(t + 1) * w**t for t in range(3)]
b = [w + sum(a[:t + 1]) for t in range(3)]
db = [1 + sum(da[:t + 1]) for t in range(3)]
for type_, rel in (("f32", 1e-5), ("f64", 1e-12), ("bf16", 2e-2)):
    answer(TWO % ((type_,) * 3), [2], [db, [da[t] * b[t] + a[t] * db[t] for t in range(3)]], rel=rel)


def loop(body, args, want, head="w: f32", result="f32[3]", before=""):
    answer(f"{before}fn f({head}) -> {result} {{\n{body}\n}}", args, want)


loop("scan t in N reversed, h = 0.0 { h = h * w + x[t]; g[t] = grad(h, w) }; g", [2, "[1, 2, 3]"], [14, 3, 0], "w: f32, x: f32[N]",
     "f32[N]")
for inner in ("g[i, j] = grad(k, w) }; h = k }; g", "r[j] = grad(k, w) }; h = k; g[i, :] = r }; g"):
    loop("scan i in 2, h = w { scan j in 3, k = h { k = k * w; " + inner, [2], [[4, 12, 32], [80, 192, 448]], result="f32[2, 3]")
loop("scan t in 2, h = 1.0 { for k in 2 { h = h * w }; g[t] = grad(h, w) }; g", [3], [6, 108], result="f32[2]")
loop("h = 1.0; for k in 2 { scan t in 2, h = h { h = h * w; g[t] = grad(h, w) }; r[k] = g }; (a, b) = r; stack(a, b)", [3],
     [[1, 6], [27, 108]], result="f32[2, 2]")
first = 2 * math.sin(2)
slope = math.sin(2) + 2 * math.cos(2)
loop("scan i in 2, h = w { p[i] = d(h, w); h = step(h, w); g[i] = grad(h, w) }; (p, g)", [2],
     [[math.sin(2), math.sin(first)], [slope, math.sin(first) + 2 * math.cos(first) * slope]], result="(f32[2], f32[2])",
     before="fn step(h: f32, w: f32) -> f32 { sin(h) * w }\nfn d(h: f32, w: f32) -> f32 { grad(step(h, w), w) }\n")
loop("scan t in 3, h = 1.0 { h = h * w; a = grad(h, w); g[t] = grad(a, w) }; g", [3], [0, 2, 18])
loop("scan t in 4, h = 1.0 { h = h * w; a = grad(h, w); b = grad(a, w); g[t] = grad(b, w) }; g", [3], [0, 0, 6, 72], result="f32[4]")
loop("scan t in 3, h = 1.0 { h = h * w; g[t] = grad(h, w) }; grad(sum(g), w)", [3], 20, result="f32")
loop("scan t in 5, h = 1.0 until h > 20 { h = h * w; g[t] = grad(h, w) }; (g, grad(sum(g), w))", [3], [[1, 6, 27, 0, 0], 20],
     result="(f32[5], f32)")
loop("scan t in 3, h = 1.0, k = 1.0 { g[t] = grad(k, w); k = h; h = h * w }; g", [3], [0, 0, 1])
loop("scan t in 3, h = 1.0 { h = where(t == 1, h * w, h); g[t] = grad(h, w) }; g", [3], [0, 1, 1])
loop("scan t in T, h = 0.0 { h = where(m[t], h * w + x[t], h); g[t] = grad(h, w) }; g", ["[1, 2, 3]", "[true, false, true]", 2],
     [0, 0, 1], "x: f32[T], m: bool[T], w: f32", "f32[T]")
loop("scan t in N, k = zeros(N) { k[t] = w[t] * sum(k) + w[t]; g[t, :] = grad(sum(k), w) }; g", ["[2, 3]"], [[1, 0], [4, 3]],
     "w: f32[N]", "f32[N, N]")
loop("scan t in 2, h = a { h = h * b; (p, q) = grad(h, (a, b)); u[t] = p; v[t] = q }; (u, v)", [2, 3], [[3, 9], [2, 12]],
     "a: f32, b: f32", "(f32[2], f32[2])")
loop("scan t in 3, h = w { h = h - 0.25 * grad(h ** 2, h) }; grad(h, w)", [3], 0.125, result="f32")
loop("scan t in 2, h = w { h = h - grad(h * w, w) }; h", [3], REFUSED, result="f32")
loop("scan t in T, h = w * w { h = h * x[t]; g[t] = grad(h, w) }; (g, grad(h, w))", [3, "[]"], [[], 6], "w: f32, x: f32[T]",
     "(f32[T], f32)")
loop("scan t in N - 1, h = w { h = h * x[t + 1]; g[t] = grad(h, w) }; g", [3, "[5, 2, 4]"], [2, 8], "w: f32, x: f32[N]", "f32[N - 1]")
answer("""layer W {
  w: f32[2] ~ ones
  fn (x: f32[3]) -> f32[3, 2] {
    s = sum(w * w)
    scan t in 3, h = 0.0 { h = h * w[0] + s * x[t]; g[t, :] = grad(h, w) }
    g
  }
}""", ["[1, 2, 3]"], [[2, 2], [8, 6], [20, 12]], function="W")

# ---- of values from before the loop: rows of Jacobians and Hessians ----

for body, x, want in (
        ("y = x * x; z = y * y; scan t in N { g[t, :] = grad(sum(z * y), y) }; g", "[2, 2]", [[48, 48], [48, 48]]),
        ("y = sum(x ** 3) * sum(x); g = grad(y, x); scan i in N { h[i, :] = grad(g[i], x) }; h", "[1, 2]", [[24, 15], [15, 60]]),
        ("g = grad(prod(x) * x[0], x); scan i in N { q = grad(g[i], x); scan j in N { r[j] = q[j] + 0 * x[j] }; h[i, :] = r }; h",
         "[2, 3]", [[6, 4], [4, 0]]),
        ("y[n] = sort[n](x[n]); c[n] = cumsum[n](y[n]); scan i in N { g[i, :] = grad(c[i] * c[i], x) }; g", "[3, 2]",
         [[0, 4], [10, 10]]),
        ("p[n] = softmax[n](x[n]); scan i in N { g[i, :] = grad(p[i], x) }; g", "[0, 0]", [[.25, -.25], [-.25, .25]])):
    loop(body, [x], want, "x: f32[N]", "f32[N, N]")
loop("scan i in N { h[i, :] = row(x, i) }; h", ["[2, 3]"], [[12, 0], [0, 18]], "x: f32[N]", "f32[N, N]",
     before="fn row(x: f32[N], i: <N>) -> f32[N] { g = grad(sum(x * x * x), x); grad(g[i], x) }\n")
loop("y[a] = sum[b](x[a, b] ** 2); z = y * sum(y); scan i in A { h[i, :, :] = grad(z[i], x) }; h", ["[[1, 2], [3, 4]]"],
     [[[70, 140], [30, 40]], [[50, 100], [330, 440]]], "x: f32[A, B]", "f32[A, A, B]")
loop("y = x * x; scan t in T, h = 1.0 { h = h * y[i[t]]; g[t, :] = grad(h, x) }; g", ["[2, 3]", "[0, 1, 0]"],
     [[4, 0], [36, 24], [288, 96]], "x: f32[N], i: <N>[T]", "f32[T, N]")
loop("L = cholesky(a); scan i in 2 { q = grad(L[i, i], a); g[i] = q[0, 0] }; g", ["[[4, 0], [0, 9]]"], [.25, 0], "a: f64[2, 2]", "f64[2]")
loop("z = zeros(N); l = sum(z[dst] * m); grad(l, z)", ["[1, 2, 3]", "[0, 1, 0]", "[0, 0]"], [4, 2],
     "m: f32[E], dst: <N>[E], w: f32[N]", "f32[N]")
loop("grad(sum(y), x)", ["[1]", "[1]"], REFUSED, "x: f32[N], y: f32[N]", "f32[N]")

# ---- powers, products and roots at zeros ----

for type_, rel in (("f32", 1e-5), ("f64", 1e-12), ("bf16", 1e-2)):
    loop("s = sum(x ** n); g = grad(s, x); h = grad(sum(g), x); (g, h, grad(sum(h), x))", ["[0, 0, 0, 0, 2]", "[0, 1, 2, 3, 3]"],
         [[0, 1, 0, 0, 12], [0, 0, 2, 0, 12], [0, 0, 0, 6, 6]], f"x: {type_}[N], n: {type_}[N]", f"({type_}[N], {type_}[N], {type_}[N])")
loop("grad(sum(x ** n), n)", ["[0, 0, 1, 2]", "[1, 2, 3, 3]"], [0, 0, 0, 8 * math.log(2)], "x: f32[N], n: f32[N]", "f32[N]")
loop("(x ** n, grad(sum(x ** n), x))", ["[-2, -2, -2, 0]", "[3, 2, -1, -1]"], [[-8, 4, -.5, INF], [12, -4, -.25, -INF]],
     "x: f32[N], n: f32[N]", "(f32[N], f32[N])")
loop("scan k in K, s = 0.0 { s = s + c[k] * x ** f32(i32(k)) }; grad(s, x)", [0, "[5, 7, 9]"], 7, "x: f32, c: f32[K]", "f32")
loop("y[b] = sum[k](x[b] ** f32(k)) with k in 3; scan i in B { J[i, :] = grad(y[i], x) }; J", ["[0, 2]"], [[1, 0], [0, 5]],
     "x: f32[B]", "f32[B, B]")
loop("grad(x ** 0.5, x)", [0], INF, "x: f32", "f32")
loop("g = grad(sqrt(sum(x ** 2)), x); (g, grad(sum(g), x))", ["[0, 0]"], [[0, 0], [0, 0]], "x: f32[N]", "(f32[N], f32[N])")
loop("d[i, j] = sqrt(sum[k]((x[i, k] - x[j, k]) ** 2)); grad(sum(d), x)", ["[[0, 0], [3, 4]]"], [[-1.2, -1.6], [1.2, 1.6]],
     "x: f32[N, D]", "f32[N, D]")
loop("p[b] = prod[n](x[b, n]); g = grad(sum(p), x); (g, grad(sum(g), x))", ["[[0, 2, 3], [0, 0, 3], [1, 2, 3]]"],
     [[[6, 0, 0], [0, 0, 0], [6, 3, 2]], [[5, 3, 2], [3, 3, 0], [5, 4, 3]]], "x: f32[B, N]", "(f32[B, N], f32[B, N])")
loop("grad(prod(x), x)", ["[[0, 2], [3, 4]]"], [[24, 0], [0, 0]], "x: f32[B, N]", "f32[B, N]")
loop("c[n] = cumprod[n](x[n]); g = grad(sum(c), x); (g, grad(sum(g), x))", ["[0, 2, 0]"], [[3, 0, 0], [3, 1, 2]], "x: f32[N]",
     "(f32[N], f32[N])")
loop("g = grad(prod(x), x); h = grad(g[0], x); q = grad(h[1], x); q[2]", ["[0, 0, 0]"], 1, "x: f32[3]", "f32")
loop("scan t in T, s = 1.0 { p[n] = x[t, n] + 0 * s; s = s * prod(p) }; grad(s, x)", ["[[0, 2], [3, 4]]"], [[24, 0], [0, 0]],
     "x: f32[T, N]", "f32[T, N]")

# ---- terms that meet at a place ----

for function, x, want in (("prod", "[0, 2, 3, 0]", [[0, 3], [0, 0, 1, 0]]), ("max", "[2, 2, 3, 1]", [[2, 3], [.5, .5, 1, 0]]),
                          ("logsumexp", "[0, 0, 3, -inf]", [[math.log(2), 3], [.5, .5, 1, 0]]),
                          ("sum", "[1, 2, 3, 4]", [[7, 3], [1, 1, 1, 1]]), ("min", "[1, 2, 3, 1]", [[1, 3], [.5, 0, 1, .5]])):
    loop(f"p[d[e]] = {function}[e](x[e]); (p + z, grad(sum(p), x))", [x, "[0, 0, 1, 0]", "[0, 0]"], want,
         "x: f32[E], d: <N>[E], z: f32[N]", "(f32[N], f32[E])")

# ---- branches that are not taken ----

for body, x, want in (("sum(where(x > 0, log(x), 0))", "[0, -1, 2]", [0, 0, .5]), ("sum(where(x != 0, 1 / x, 0))", "[0, 2]", [0, -.25]),
                      ("sum(where(x != 0, inverse(x), 0))", "[0, 2]", [0, -.25]), ("sum(sqrt(where(x > 0, x, 1)))", "[0, 4]", [0, .25]),
                      ("loop(x)", "[0, -1, 2]", [0, 0, .5])):
    loop(f"grad({body}, x)", [x], want, "x: f32[N]", "f32[N]",
         before="fn inverse(x: f32[N]) -> f32[N] { 1 / x }\nfn loop(x: f32[T]) -> f32 {\n"
         "  scan t in T, s = 0.0 { s = s + where(x[t] > 0, log(x[t]), 0) }\n  s\n}\n")
loop("g = grad(sum(where(x > 0, sqrt(x), 0)), x); grad(sum(g), x)", ["[0, 4]"], [0, -1 / 32], "x: f32[N]", "f32[N]")
loop("m[b] = sqrt(sum[n](x[b, n])); grad(sum(where(m > 0, m, 0)), x)", ["[[0, 0], [2, 2]]"], [[0, 0], [.25, .25]], "x: f32[B, N]",
     "f32[B, N]")
done()
