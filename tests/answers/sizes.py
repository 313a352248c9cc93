"""Sizes from outside: empty, one too small, beyond 32 and 64 bits. What needs an element, a place or an extent of at least
0 is refused, whatever becomes of it when the graph is built, fused or folded; all else has the answer of the text.
"""
from answers import REFUSED, answer, done, npy

NONE = npy("none.npy", "<f4", (0,), b"")  # no elements
NO_INDEX = npy("no_index.npy", "<i4", (0,), b"")
NO_ROWS = npy("no_rows.npy", "<f4", (0, 3), b"")
NO_COLUMNS = npy("no_columns.npy", "<f4", (2, 0), b"")
FLAT = npy("flat.npy", "<f4", (0, 2), b"")
NAN, INF = float("nan"), float("inf")
FAST = (("--interpret",), ())


def one(body, args, want, head="x: f32[N]", result="f32", ways=FAST):
    answer(f"fn f({head}) -> {result} {{ {body} }}", args, want, ways=ways)


# An extent that becomes negative, also where no element of the axis is left, or two of them make a number above 0.
for body in (
        "sum(zeros(N - 3)) + x[0]", "sum(zeros(N - 3, N - 3)) + x[0]", "sum(transpose(zeros(N - 3, N - 3))) + x[0]",
        "sum(reshape(ones(N - 3, N - 3), [(N - 3)*(N - 3)])) + x[0]", "sum(concat(zeros(N - 3), zeros(3))) + x[0]",
        "sum(stack(zeros(N - 3), zeros(N - 3))) + x[0]", "sum(ones(2, N - 3) @ ones(N - 3, 2)) + x[0]",
        "sum(zeros(2, N - 3) @ ones(N - 3, 2)) + x[0]", "sum(cholesky(zeros(N - 3, N - 3))) + x[0]",
        "y[i] = x[0] with i in N - 5; sum(y)", "y[i] = 1.0 with i in N - 5; mean(y) + x[0]",
        "y[i, j] = x[0] with i in N - 3, j in N - 3; sum(reshape(y, [(N - 3)*(N - 3)]))",
        "y[i, j] = 1.0 with i in N - 3, j in N - 3; mean(y) + x[0]", "sum(uniform(0, 1, [N - 3])) * 0 + x[0]",
        "y[i, j] = uniform(0, 1) with i in N - 3, j in N - 3; mean(y) + x[0]", "sum(f32(i32(iota(N - 3)))) + x[0]",
        "scan t in N - 3, s = 0.0 { s = s * 0 }; s + x[0]", "scan t in N - 3, s = x[0] { s = s }; s",
        "scan t in N - 3 { y[t] = 1.0 }; mean(y) + x[0]", "sum(ones(6 / (N - 1))) + x[0]", "sum(ones(6 % (N - 1))) + x[0]"):
    one(body, ["[1]"], REFUSED)
one("y[i] = x[0] with i in N - 3; grad(sum(y), x)", ["[1]"], REFUSED, result="f32[N]")
answer("fn g(k: size) -> f32[k] { ones(k) }\nfn f(x: f32[N]) -> f32 { sum(g(N - 3)) + x[0] }", ["[1]"], REFUSED, ways=FAST)
answer("fn g(k: size, y: f32) -> f32 { z = ones(k); y + sum(z) * 0 }\nfn f(x: f32[N]) -> f32 { g(N - 3, x[0]) }", ["[1]"],
       REFUSED, ways=FAST)
one("f32(size(N - 3))", ["[1]"], -2)
one("sum(ones((N - 3)*(N - 3)))", ["[1]"], 4)

# Fewer than no elements around: also where as many come on the other side, and where all numbers are one.
for body in ("sum(pad(x, N - 3, 0))", "sum(pad(x, N - 3, 3 - N))", "y[u] = pad[t](x[t], N - 3, 2); sum(y)",
             "sum(pad(x, N - 3, 3 - N) * ones(N))", "sum(pad(zeros(5), N - 3, 3)) + x[0]",
             "sum(pad(ones(5), N - 3, 3, 1)) + x[0]", "sum(pad(pad(x, N - 3, 3), 1, 1))"):
    one(body, ["[1, 2]"], REFUSED)
one("pad(x, M - 3, 3 - M) + y[0]", ["[1, 2]", "[1, 2, 3, 4]"], REFUSED, head="x: f32[N], y: f32[M]", result="f32[N]")
one("pad(x, M - 3, 3 - M) + y[0]", ["[1, 2]", "[0, 2, 3]"], [1, 2], head="x: f32[N], y: f32[M]", result="f32[N]")

# A place that is not there, also where it is only a part of a part, multiplied by 0, or of equal numbers.
for body in ("x[N - 1]", "y = x[N - 1:]; sum(y[1:])", "y = x[1:]; sum(y[:0])", "max(zeros(N)[0], sum(x))",
             "zeros(N)[index(0, N)] + sum(x)", "f32(i32(argmax(zeros(N)))) + sum(x)", "x[0] * 0 + sum(x)",
             "x[0] - x[0] + sum(x)", "where(size(N) > 0, x[0], 7)", "0 * f32(i32(randint(N, []))) + sum(x)",
             "scan t in N { y[t] = x[t] }; y[N - 1] + 0 * y[0]", "i = index(0, N); where(i == i, sum(x), 1)",
             "scan t in N - 1, h = 0.0 { h = h + x[t] }; h"):
    one(body, [NONE], REFUSED)
for body in ("y = zeros(N); y[0] = 0; y + x", "y = x; y[index(0, N)] = 1; y"):
    one(body, [NONE], REFUSED, result="f32[N]")
one("scan t in T, y = zeros(N) { y[0] = 0 }; y + x", [NONE, "[1]"], REFUSED, head="x: f32[N], z: f32[T]", result="f32[N]")
one("scan t in N, y = x { y[0] = 1 }; y", [NONE], [], result="f32[N]")
one("r[b] = ones(N)[index(k[b], N)] + sum(x); r", [NONE, "[0, 1]"], REFUSED, head="x: f32[N], k: i32[B]", result="f32[B]")
one("r[b] = ones(N)[index(k[b], N)] + sum(x); r", [NONE, NO_INDEX], [], head="x: f32[N], k: i32[B]", result="f32[B]")
for head, args in (("x: f32[N], y: f32[B]", [NONE, "[1]"]), ("x: f32[N], y: f32[B]", [NONE, NONE])):
    want = REFUSED if args[1] != NONE else 0
    one("sum(x[randint(N, [B])])", args, want, head=head)
    one("sum(x[index(i32(y), N)])", args, want, head=head)
one("sum(x[y])", [NONE, NO_INDEX], 0, head="x: f32[N], y: <N>[B]")
one("sum(x[y])", [NONE, "[0]"], REFUSED, head="x: f32[N], y: <N>[B]")

# The largest of nothing.
for largest in ("argmax", "argmin"):
    one(f"k[b] = i32({largest}[n](x[b, n])); k", [NO_COLUMNS], REFUSED, head="x: f32[B, N]", result="i32[B]")
    one(f"k[b] = i32({largest}[n](x[b, n])); k", [NO_ROWS], [], head="x: f32[B, N]", result="i32[B]")
    one(f"k[b] = {largest}[n](x[b, n]); r[b] = x[b, k[b]]; r * 0", [NO_COLUMNS], REFUSED, head="x: f32[B, N]", result="f32[B]")
    for part in ("x[1:]", "x[1:N]", "x[:N - 1]"):
        one(f"y = {part}; y[{largest}(y)]", ["[1]"], REFUSED)
    one(f"y[t] = x[2*t + 1] with t in N / 2; y[{largest}(y)]", ["[1]"], REFUSED)
one("y = x[1:]; k[n] = argsort[n](y[n]); y[k]", ["[1]"], [], result="f32[N - 1]")

# What needs no element has the answer of no elements.
one("x @ w", [NO_ROWS, "[[1, 2], [3, 4], [5, 6]]"], [], head="x: f32[B, 3], w: f32[3, 2]", result="f32[B, 2]")
one("x @ w + 1", [NO_COLUMNS, FLAT], [[1, 1], [1, 1]], head="x: f32[B, N], w: f32[N, 2]", result="f32[B, 2]")
for name, want in (("sum", 0), ("prod", 1), ("max", -INF), ("min", INF), ("mean", NAN), ("logsumexp", -INF)):
    one(f"r[b] = {name}[n](x[b, n]); r", [NO_COLUMNS], [want, want], head="x: f32[B, N]", result="f32[B]")
for name, want in (("any", 0), ("all", 1)):
    one(f"r[b] = {name}[n](x[b, n] > 0); r", [NO_COLUMNS], [want, want], head="x: f32[B, N]", result="bool[B]")
one("l = sum(x * w) + w; grad(l, w)", [NO_COLUMNS, "3"], 1, head="x: f32[B, N], w: f32")
one("m[b] = logsumexp[n](x[b, n] * w[b]); grad(sum(where(m > -1000, m, 0)), w)", [NO_COLUMNS, "[1, 2]"], [0, 0],
    head="x: f32[B, N], w: f32[B]", result="f32[B]")
for name, want in (("sum", 0), ("max", -INF), ("prod", 1)):
    one(f"t[d[e]] = {name}[e](m[e]); t + x", [NONE, NO_INDEX, "[1, 2]"], [1 + want, 2 + want],
        head="m: f32[E], d: <N>[E], x: f32[N]", result="f32[N]")
one("y[t] = sum[k](x[t + k] * w[k]); y", ["[1]", "[1, 2]"], [], head="x: f32[T], w: f32[K]", result="f32[T - K + 1]")
one("y[t] = sum[k](x[t + k] * w[k]); y", ["[1]", "[1, 2, 3]"], REFUSED, head="x: f32[T], w: f32[K]", result="f32[T - K + 1]")

# Beyond 32 and 64 bits.
MANY = str([1] * 1300)
one("y[i, j, k] = x[i] with j in N, k in N; mean(y)", [MANY], 1, ways=((),))
one("y[i, j, k] = f32(x[i] > 0) with j in N, k in N; sum(y)", [MANY], 1300**3, ways=((),))
one("x[0] / size(N*N*N*N) * 1e12", [MANY], 1e12 / 1300**4)
one("x[0] / size(N*N*N*N*N*N*N)", [MANY], REFUSED)
one("i32(size(N*N*N))", [MANY], REFUSED, result="i32")
one("y[i, j, k] = x[i] with j in N, k in N; i32(argmax(reshape(y, [N*N*N])))", [MANY], REFUSED, result="i32")
one("y[i, j] = x[i] + x[j]; i32(argmax(reshape(y, [N*N])))", [str([1] * 1299 + [2])], 1300 * 1300 - 1, result="i32", ways=((),))
done()
