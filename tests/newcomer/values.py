#!/usr/bin/env python3
"""Values of those situations (tests/newcomer/situations) that are functions, against their definitions in plain Python. No packages.

usage: tests/newcomer/values.py     ORDO names the command"""
import itertools, json, math, os, random, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
ordo = os.environ.get("ORDO", os.path.join(here, "../../build/ordo"))
rng = random.Random(3)
failed = 0


def text(name):
    lines = open(os.path.join(here, "situations", name + ".t")).read().split("\n")
    return "\n".join(l for l in lines if not l.startswith(("# args:", "# exit:", "# ---")))


def flat(x): return [v for part in x for v in flat(part)] if isinstance(x, list) else [float(x)]
def normal(*dims): return [normal(*dims[1:]) for _ in range(dims[0])] if dims else rng.gauss(0, 1)
def lse(v): top = max(v); return top + math.log(sum(math.exp(x - top) for x in v))


def check(name, function, wanted, more="", **args):
    """more: a function that calls the one of the text, whose sizes are numbers."""
    global failed
    with tempfile.TemporaryDirectory() as folder:
        spec = os.path.join(folder, name + ".ordo")
        open(spec, "w").write(text(name) + more)
        given = [f"{k}={json.dumps(v)}" for k, v in args.items()]
        done = subprocess.run([ordo, "run", spec, function, "--json", "--digits", "0", *given], capture_output=True, text=True)
    if done.returncode: raise SystemExit(f"{name}: {done.stderr}")
    got = flat(list(json.loads(done.stdout).values()))
    right = flat(wanted)
    size = max([1e-2] + [abs(v) for v in right])
    off = max((abs(a - b) for a, b in zip(got, right)), key=lambda v: (v != v, v)) / size # NaN is the worst
    good = len(got) == len(right) and off < 2e-5
    failed += not good
    print(f"{name:16} {off:.1e}{'' if good else '   WRONG'}")


# Sinkhorn: the sums of the rows and columns, and the same scaling
cost, eps = normal(1, 3, 4), 0.7
u, v = [0.0] * 3, [0.0] * 4
for _ in range(30):
    u = [-lse([v[m] - cost[0][n][m] / eps for m in range(4)]) for n in range(3)]
    v = [-lse([u[n] - cost[0][n][m] / eps for n in range(3)]) for m in range(4)]
check("sinkhorn", "main", [[[math.exp(u[n] + v[m] - cost[0][n][m] / eps) for m in range(4)] for n in range(3)]], "fn main(cost: f32[B, N, M], eps: f32) { sinkhorn(cost, eps, 30) }",
      cost=cost, eps=eps)

# DNC: free places in rising order of use
use = [[0.9, 0.1, 0.5, 0.4]]
order, a, p = sorted(range(4), key=lambda n: use[0][n]), [0.0] * 4, 1.0
for n in order: a[n], p = (1 - use[0][n]) * p, p * use[0][n]
check("dnc_alloc", "allocation", [a], u=use)

# T5 and ALiBi
check("t5_alibi", "main", [[[-(2 ** (-8 * (h + 1) / 4)) * abs(t - s) for s in range(5)] for t in range(5)] for h in range(4)],
      "fn main() { alibi(4, 5) }")
def bucket(d, N=8, far=128):
    if d < N // 2: return d
    return min(N // 2 + int(math.log(d / (N // 2)) / math.log(far / (N // 2)) * (N - N // 2)), N - 1)
table = normal(8, 2)
check("t5_alibi", "main", [[[table[bucket(max(t - s, 0))][h] for s in range(40)] for t in range(40)] for h in range(2)],
      "fn main(table: f32[N, H]) { t5_bias(table, 40) }", table=table)

# CKY: all binary trees
N, T = 2, 4
word, rule = normal(T, N), normal(N, N, N)
def inside(i, j):
    if i == j: return word[i]
    parts = [(inside(i, k), inside(k + 1, j)) for k in range(i, j)]
    return [lse([rule[x][y][z] + l[y] + r[z] for l, r in parts for y in range(N) for z in range(N)]) for x in range(N)]
check("cky", "inside", inside(0, T - 1), word=word, rule=rule)

# soft-DTW: all ways
x, y, g = normal(3), normal(4), 0.8
def ways(i, j):
    d = (x[i] - y[j]) ** 2
    if i == 0 and j == 0: return [d]
    return [d + w for a, b in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if a >= 0 and b >= 0 for w in ways(a, b)]
check("softdtw", "soft_dtw", -g * lse([-w / g for w in ways(2, 3)]), x=x, y=y, gamma=g)

# Kalman, one state and one number: by hand, without the constant
ys, A, C, Q, R = normal(5, 1), 0.9, 1.3, 0.4, 0.6
m, P, ll = 0.0, 1.0, 0.0
for (o,) in ys:
    m, P = A * m, A * P * A + Q
    S = C * P * C + R
    ll -= 0.5 * (o - C * m) ** 2 / S
    K = P * C / S
    m, P = m + K * (o - C * m), P - K * C * P
check("kalman", "kalman", ll, y=ys, A=[[A]], C=[[C]], Q=[[Q]], R=[[R]])

# dilated causal convolution
x, w = normal(2, 6, 2), normal(3, 2, 2)
check("wavenet", "main", [[[sum(row[t - 2 * (2 - k)][i] * w[k][i][o] for k in range(3) for i in range(2) if t - 2 * (2 - k) >= 0)
                              for o in range(2)] for t in range(6)] for row in x],
      "fn main(x: f32[B, T, I], w: f32[K, I, O]) { causal(x, w, 2) }", x=x, w=w)

# attention inside of chunks
q, k, v = normal(1, 6, 2), normal(1, 6, 2), normal(1, 6, 2)
def read(t):
    see = [s for s in range(t // 3 * 3, t + 1)]
    e = [sum(a * b for a, b in zip(q[0][t], k[0][s])) / math.sqrt(2) for s in see]
    p = [math.exp(a - lse(e)) for a in e]
    return [sum(a * v[0][s][d] for a, s in zip(p, see)) for d in range(2)]
check("chunks", "main", [[read(t) for t in range(6)]],
      "fn main(q: f32[B, T, D], k: f32[B, T, D], v: f32[B, T, D]) { local_attention(q, k, v, 3) }", q=q, k=k, v=v)

print(f"{failed} wrong" if failed else "all right")
sys.exit(1 if failed else 0)
