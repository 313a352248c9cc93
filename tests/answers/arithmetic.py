"""Arithmetic at its ends: remainders, whole numbers, sums of many elements, options of decoding."""
import itertools
import math
import random
import struct

from answers import CODES, REFUSED, answer, done

CODES |= {"E0222"}
NAN, INF = float("nan"), float("inf")
f32 = lambda x: struct.unpack("f", struct.pack("f", x))[0]


def text(x):
    word = "nan" if x != x else repr(abs(x))
    return f"(-{word})" if math.copysign(1, x) < 0 and x == x else word


# ---- remainders: exact, with the sign of the divisor ----


def remainder(a, b, rounded):
    if a != a or b != b or math.isinf(a) or b == 0:
        return NAN
    if math.isinf(b):
        return a if a == 0 or (a > 0) == (b > 0) else b
    r = math.fmod(a, b)
    return rounded(r + b) if r and (r < 0) != (b < 0) else r


drawn = random.Random(3)
for type_, rounded, sizes in (("f32", f32, (0, 3, 10, 37, -30)), ("f64", float, (0, 3, 17, 300, -300))):
    sign = lambda: drawn.choice([-1, 1])
    pairs = [(rounded(sign() * drawn.random() * 10.0**a), rounded(sign() * drawn.random() * 10.0**b))
             for a in sizes for b in (-30, -5, 0, 5, 37)]
    pairs += [(INF, 2.0), (1.0, 0.0), (5.0, -INF), (-5.0, INF), (NAN, 1.0), (1.0, NAN), (0.0, 3.0), (1e10, 7.0), (-1e10, 7.0)]
    want = [remainder(a, b, rounded) for a, b in pairs]
    lists = ["[" + ", ".join("inf" if x == INF else "-inf" if x == -INF else repr(x) for x in side) + "]" for side in zip(*pairs)]
    near = {"rel": 2e-7, "least": 0}  # f32 is printed in its shortest digits
    answer(f"fn f(a: {type_}[N], b: {type_}[N]) -> {type_}[N] {{ a % b }}", lists, want, **near)
    answer(f"fn f(a: {type_}[N], b: {type_}[N]) -> {type_}[N] {{ scan t in N {{ y[t] = a[t] % b[t] }}; y }}", lists, want, **near)
    for (a, b), r in list(zip(pairs, want))[::6]:
        if math.isfinite(a) and math.isfinite(b):
            answer(f"fn f(a: {type_}) -> {type_} {{ a % {text(b)} }}", [repr(a)], r, ways=((),), **near)
            answer(f"fn f(a: {type_}) -> {type_} {{ {type_}({text(a)}) % {type_}({text(b)}) + 0 * a }}", [0], r, ways=((),), **near)
answer("fn f(a: f32[B, N], b: f32[N]) -> f32[B, N] { a % b }", ["[[7.5, -7.5], [1e10, -1e10]]", "[-2, 7]"], [[-.5, 6.5], [0, 3]])
answer("fn f(a: f32, b: f32) -> (f32, f32) { grad(a % b, (a, b)) }", [7.5, -2], [1, 4])

# ---- whole numbers: quotients are rounded down, what does not fit wraps ----

NUMBERS = [-2**31, -2**31 + 1, -9, -8, -7, -1, 0, 1, 7, 8, 9, 2**31 - 1]
wrapped = lambda x: (x + 2**31) % 2**32 - 2**31
for by in (1, 2, 3, 7, 8, -1, -2, -3, -8, 2**31 - 1, -2**31):
    answer(f"fn f(a: i32[N]) -> (i32[N], i32[N]) {{ (a / ({by}), a % ({by})) }}", [NUMBERS],
           [[wrapped(a // by) for a in NUMBERS], [a % by for a in NUMBERS]], ways=((), ("--interpret",)))
pairs = [(a, b) for a, b in itertools.product(NUMBERS, repeat=2) if b]
answer("fn f(a: i32[N], b: i32[N]) -> (i32[N], i32[N]) { (a / b, a % b) }", [str(list(side)) for side in zip(*pairs)],
       [[wrapped(a // b) for a, b in pairs], [a % b for a, b in pairs]])

# ---- sums of many: the error is that of a block, along any axis, in a loop, through products ----

MANY = 2000000
for body, want in ((f"x[i] = k + z[0] * f32(i) with i in {MANY}; (sum(x), mean(x))", [.1 * MANY, .1]),
                   (f"y[i, j] = k + z[j] * f32(i) with i in {MANY}; s[j] = sum[i](y[i, j]); (s[2], sum(y))", [.1 * MANY, .3 * MANY]),
                   (f"y[j, i] = k + z[j] * f32(i) with i in {MANY}; o[i] = 1.0 with i in {MANY}; r = y @ o; (r[0], r[2])",
                    [.1 * MANY, .1 * MANY]),
                   (f"scan t in 2 {{ x[i] = k * f32(t + 1) with i in {MANY}; s[t] = sum(x) }}; (s[0], s[1] + z[0])",
                    [.1 * MANY, .2 * MANY]),
                   (f"x[i] = k + z[0] * f32(i) with i in {MANY}; (grad(sum(x * x), k), k)", [.2 * MANY, .1]),
                   ("x[i, j] = k + z[0] * f32(i) with i in 2000, j in 1000; r[i] = sum[j](x[i, j]); (sum(r), mean(x))", [.1 * MANY, .1])):
    answer(f"fn f(k: f32, z: f32[3]) -> (f32, f32) {{ {body} }}", [.1, "[0, 0, 0]"], want, rel=1e-6, ways=((), ("--level=0",)))

# ---- what is no number is seen at any place ----

for n in (2, 17):
    rows = [[NAN if i == at else float(i * 7 % n) for i in range(n)] for at in range(n)]
    numbers = [[x for x in row if x == x] for row in rows]
    for over, want in (("max", NAN), ("min", NAN), ("sum", NAN), ("mean", NAN), ("prod", NAN), ("logsumexp", NAN)):
        answer(f"fn f(x: f32[B, N]) -> f32[B] {{ y[b] = {over}[n](x[b, n]); y }}", [rows], [want] * n)
    answer("fn f(x: f32[B, N]) -> i32[B] { y[b] = i32(argmax[n](x[b, n])); y }", [rows], list(range(n)))
    answer("fn f(x: f32[B, N]) -> i32[B] { y[b] = i32(argmin[n](x[b, n])); y }", [rows], list(range(n)))
    answer("fn f(x: f32[B, N]) -> f32[B, N] { y[b, n] = sort[n](x[b, n]); y }", [rows], [sorted(row) + [NAN] for row in numbers])
    answer("fn f(x: f32[B, N]) -> f32[N] { y[n] = max[b](x[b, n]); y }", [rows], [NAN] * n)
for function, at in itertools.product(("cholesky(a)", "solve(a, a)"), range(4)):
    matrix = [[NAN if 2 * i + j == at else 3.0 - i - j for j in range(2)] for i in range(2)]
    answer(f"fn f(a: f32[N, N]) -> f32[N, N] {{ {function} }}", [matrix], [[NAN] * 2] * 2, ways=((), ("--interpret",)))

# ---- options of decoding, given at the call ----

DECODER = """import decoding
layer Fixed {
  s: f32[3] ~ ones
  fn start(x: <3>[B, P], mask: bool[B, P], T: size) -> (<3>[B], f32[B]) { (x[:, 0], zeros(B)) }
  fn next(y: <3>[B], h: f32[B]) -> (f32[B, 3], f32[B]) {
    z[b, v] = s[v] * where(v == 1, 2, 1) with b in B
    (z, h)
  }
  fn go(x: <3>[B, P], mask: bool[B, P], a: f32) { (y, real, logp) = %s; y }
}
"""
for search, a, want in (("sample(self, x, mask, 2, end = 0, temperature = a)", "0", [[1, 1]]),
                        ("sample(self, x, mask, 2, end = 0, temperature = a)", "1e-30", [[1, 1]]),
                        ("sample(self, x, mask, 2, end = 0, temperature = a)", "-1", REFUSED),
                        ("sample(self, x, mask, 2, end = 0, temperature = a)", "nan", REFUSED),
                        ("sample(self, x, mask, 2, end = 0, nucleus = true, share = a)", "0", [[1, 1]]),
                        ("sample(self, x, mask, 2, end = 0, nucleus = true, share = a)", "1.5", REFUSED),
                        ("sample(self, x, mask, 2, end = 0, k = 1, temperature = 1 + a)", "1", [[1, 1]]),
                        ("beam(self, x, mask, 2, end = 0, W = 1, alpha = a)", "0.5", [[[1, 1]]]),
                        ("beam(self, x, mask, 2, end = 0, W = 1, alpha = a)", "inf", REFUSED),
                        ("beam(self, x, mask, 2, end = 0, W = 1, alpha = a)", "nan", REFUSED)):
    answer(DECODER % search, ["[[1]]", "[[true]]", a], want, function="Fixed.go", ways=((),))
done()
