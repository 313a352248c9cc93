#!/usr/bin/env python3
"""Losses of the library and their derivatives against plain Python: each loss is written out here once more, in double precision, from
its paper or from TRL's or PyTorch's source, and differentiated by central differences. No packages.

usage: tests/library/parity.py [NAME]...     ORDO names the command"""
import itertools, json, math, os, random, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
ordo = os.environ.get("ORDO", os.path.join(here, "../../build/ordo"))
spec, updates = os.path.join(here, "parity.ordo"), os.path.join(here, "updates.ordo")
rng = random.Random(7)
failed = []


# ---- arrays as lists ----

def shape(x): return [len(x)] + shape(x[0]) if isinstance(x, list) else []
def flat(x): return [v for part in x for v in flat(part)] if isinstance(x, list) else [x]
def fill(like, values):
    it = iter(values)
    def go(s): return [go(s[1:]) for _ in range(s[0])] if s else next(it)
    return go(shape(like))
def made(f, *dims): return [made(f, *dims[1:]) for _ in range(dims[0])] if dims else f()
def normal(scale, *dims): return made(lambda: rng.gauss(0, scale), *dims)
def each(f, *xs): return [each(f, *parts) for parts in zip(*xs)] if isinstance(xs[0], list) else f(*xs)

def slope(f, x, h=1e-5):
    v, out = flat(x), []
    for i in range(len(v)):
        up, down = v[:], v[:]
        up[i] += h
        down[i] -= h
        out.append((f(fill(x, up)) - f(fill(x, down))) / (2 * h))
    return fill(x, out)


# ---- running ----

def run(name, args):
    given = [f"{k}={json.dumps(v)}" for k, v in args.items()]
    done = subprocess.run([ordo, "run", spec, name, "--json", "--digits", "0", *given], capture_output=True, text=True)
    if done.returncode: raise SystemExit(f"{name}: {done.stderr}")
    return [numbers(v) for v in json.loads(done.stdout).values()]

def numbers(v):
    if isinstance(v, list): return [numbers(p) for p in v]
    return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}.get(v, v) if isinstance(v, str) else float(v)

def compare(name, got, wanted, tolerance=2e-5):
    worst = 0.0
    for g, w in zip(got, wanted):
        if shape(g) != shape(w):
            failed.append(name)
            print(f"{name}: shape {shape(g)} where {shape(w)} is right")
            return
        size = max([1e-2] + [abs(v) for v in flat(w)])
        worst = max([worst] + [abs(a - b) / size for a, b in zip(flat(g), flat(w))], key=lambda v: (v != v, v)) # NaN is the worst
    good = worst < tolerance and len(got) == len(wanted)
    print(f"{name:22} {worst:.1e}{'' if good else '   WRONG'}")
    if not good: failed.append(name)


# ---- groups of answers ----

B, G, T = 3, 4, 5

def lengths(m): return [[max(sum(row), 1) for row in group] for group in m]
def cells(): return itertools.product(range(B), range(G), range(T))

def centred(r): return [[x - sum(row) / G for x in row] for row in r]
def deviation(v):
    mu = sum(v) / len(v)
    return math.sqrt(sum((x - mu) ** 2 for x in v) / (len(v) - 1))
def grouped(r): return [[d / (deviation(row) + 1e-4) for d in c] for row, c in zip(r, centred(r))]

def clip(x, lo, hi): return max(lo, min(hi, x))

def term(logw, a, lp, ref, lo, hi, beta, delta=math.inf):
    w = math.exp(logw)
    kl = math.exp(ref - lp) - (ref - lp) - 1
    return -min(min(w, delta) * a, clip(w, 1 - lo, 1 + hi) * a) + beta * kl

def per_answer(terms, m):
    n = lengths(m)
    return sum(terms[b][g][t] * m[b][g][t] / n[b][g] for b, g, t in cells()) / (B * G)
def per_token(terms, m): return sum(terms[b][g][t] * m[b][g][t] for b, g, t in cells()) / sum(flat(m))

def token_terms(lp, d, a, lo, hi, beta, delta=math.inf):
    return [[[term(lp[b][g][t] - d["old"][b][g][t], a[b][g], lp[b][g][t], d["ref"][b][g][t], lo, hi, beta, delta)
              for t in range(T)] for g in range(G)] for b in range(B)]

def gspo(lp, d):
    m, n = d["m"], lengths(d["m"])
    s = [[sum((lp[b][g][t] - d["old"][b][g][t]) * m[b][g][t] for t in range(T)) / n[b][g] for g in range(G)] for b in range(B)]
    a = grouped(d["r"])
    return per_answer([[[term(s[b][g], a[b][g], lp[b][g][t], d["ref"][b][g][t], 0.05, 0.08, 0.02)
                         for t in range(T)] for g in range(G)] for b in range(B)], m)

def cispo(lp, d, at):
    a = grouped(d["r"])
    w = lambda b, g, t: min(math.exp(at[b][g][t] - d["old"][b][g][t]), 1.2)  # a constant: at the point itself
    return per_token([[[-w(b, g, t) * a[b][g] * lp[b][g][t] for t in range(T)] for g in range(G)] for b in range(B)], d["m"])

def rloo(lp, d):
    m, total = d["m"], 0
    kl = [[sum((d["old"][b][g][t] - d["ref"][b][g][t]) * m[b][g][t] for t in range(T)) for g in range(G)] for b in range(B)]
    s = [[d["r"][b][g] - 0.05 * kl[b][g] for g in range(G)] for b in range(B)]
    for b in range(B):
        for g in range(G):
            a = s[b][g] - (sum(s[b]) - s[b][g]) / (G - 1)
            w = math.exp(sum((lp[b][g][t] - d["old"][b][g][t]) * m[b][g][t] for t in range(T)))
            total -= min(w * a, clip(w, 0.8, 1.2) * a)
    return total / (B * G)

def reinforce(lp, d, baseline):
    m = d["m"]
    r = centred(d["r"]) if baseline else d["r"]
    a = [[[r[b][g] - sum(0.05 * (d["old"][b][g][u] - d["ref"][b][g][u]) * m[b][g][u] for u in range(t, T))
           for t in range(T)] for g in range(G)] for b in range(B)]
    real = [a[b][g][t] for b, g, t in cells() if m[b][g][t]]
    mu = sum(real) / len(real)
    sd = math.sqrt(sum((x - mu) ** 2 for x in real) / len(real) + 1e-8)
    return per_token([[[term(lp[b][g][t] - d["old"][b][g][t], (a[b][g][t] - mu) / sd, 0, 0, 0.2, 0.2, 0)
                        for t in range(T)] for g in range(G)] for b in range(B)], m)

def groups():
    d = {"old": normal(0.5, B, G, T), "ref": normal(0.5, B, G, T), "r": normal(1, B, G)}
    d["m"] = [[[int(t < 1 + (b + 2 * g) % T) for t in range(T)] for g in range(G)] for b in range(B)]
    lp = each(lambda o, e: o + e, d["old"], normal(0.3, B, G, T))
    a, c = grouped(d["r"]), centred(d["r"])
    losses = {
        "grpo": lambda x: per_answer(token_terms(x, d, a, 0.2, 0.25, 0.04), d["m"]),
        "grpo_delta": lambda x: per_answer(token_terms(x, d, a, 0.2, 0.2, 0, 1.5), d["m"]),
        "dr_grpo": lambda x: per_token(token_terms(x, d, c, 0.2, 0.2, 0), d["m"]) * sum(flat(d["m"])) / (B * G * 7),
        "dapo": lambda x: per_token(token_terms(x, d, a, 0.2, 0.28, 0), d["m"]),
        "gspo": lambda x: gspo(x, d),
        "cispo": lambda x: cispo(x, d, lp),
        "rloo": lambda x: rloo(x, d),
        "reinforce": lambda x: reinforce(x, d, False),
        "reinforce_baseline": lambda x: reinforce(x, d, True),
    }
    # padding of the other kind: nothing of it may reach a loss
    hidden = lambda x: each(lambda v, k: v if k else 55.0, x, d["m"])
    for name, loss in losses.items():
        yield name, {"logp": hidden(lp), "old": d["old"], "ref": d["ref"], "r": d["r"], "ym": each(bool, d["m"])}, (loss(lp), slope(loss, lp))
    sd = deviation(flat(d["r"]))
    yield "advantages_of_batch", {"r": d["r"]}, ([[x / (sd + 1e-4) for x in row] for row in c],)


# ---- pairs of answers ----

def sig(x): return 1 / (1 + math.exp(-x))
def lsig(x): return math.log(sig(x))
def odds(x): return x - math.log1p(-math.exp(x))

def pairs():
    n, k, s = 5, 0.3, 0.1
    c, r, rc, rr = ([-abs(v) - 0.1 for v in normal(1, n)] for _ in range(4))
    mean = lambda f: lambda c, r: sum(f(*p) for p in zip(c, r, rc, rr)) / n
    h = lambda c, r, rc, rr: c - rc - (r - rr)
    up, down = lambda c, r, rc, rr: k * (c - rc), lambda c, r, rc, rr: k * (r - rr)
    losses = {
        "ipo": mean(lambda *p: (h(*p) - 1 / (2 * k)) ** 2),
        "robust": mean(lambda *p: (-(1 - s) * lsig(k * h(*p)) + s * lsig(-k * h(*p))) / (1 - 2 * s)),
        "hinge": mean(lambda *p: max(0, 1 - k * h(*p))),
        "exo": mean(lambda *p: sig(k * h(*p)) * (lsig(k * h(*p)) - math.log(1 - 1e-3)) +
                    sig(-k * h(*p)) * (lsig(-k * h(*p)) - math.log(1e-3))),
        "nca": mean(lambda *p: -lsig(up(*p)) - 0.5 * lsig(-up(*p)) - 0.5 * lsig(-down(*p))),
        "apo_zero": mean(lambda *p: 1 - sig(up(*p)) + sig(down(*p))),
        "apo_down": mean(lambda *p: sig(up(*p)) + 1 - sig(up(*p) - down(*p))),
        "sppo": mean(lambda c, r, rc, rr: (c - rc - 0.5 / k) ** 2 + (r - rr + 0.5 / k) ** 2),
        "simpo": mean(lambda c, r, rc, rr: -(1 - s) * lsig(2 * (c - r) - 0.5) - s * lsig(-(2 * (c - r) - 0.5))),
        "orpo": mean(lambda c, r, rc, rr: -c - 0.2 * lsig(odds(c) - odds(r))),
    }
    args = {"c": c, "r": r, "rc": rc, "rr": rr}
    for name, loss in losses.items():
        yield name, args, (loss(c, r), slope(lambda x: loss(x, r), c), slope(lambda x: loss(c, x), r))
    z = max(sum(r) / n - sum(rr) / n, 0)
    good = [a > b for a, b in zip(c, r)]
    kto = lambda x: sum(1.2 * (1 - sig(k * (a - b - z))) if g else 0.7 * (1 - sig(k * (z - (a - b)))) for a, b, g in zip(x, rc, good)) / n
    yield "kto", args, (kto(c), slope(kto, c))


# ---- other losses ----

def lse(v):
    m = max(v)
    return m + math.log(sum(math.exp(x - m) for x in v))
def unit(v):
    n = math.sqrt(sum(x * x for x in v))
    return [x / n for x in v]
def dot(a, b): return sum(x * y for x, y in zip(a, b))

def nt(x, y):
    z, n = [unit(v) for v in x + y], len(x)
    s = [[dot(a, b) / 0.4 for b in z] for a in z]
    return sum(lse([s[i][j] for j in range(2 * n) if j != i]) - s[i][(i + n) % (2 * n)] for i in range(2 * n)) / (2 * n)

def clip_pairs(x, y):
    a, b, n = [unit(v) for v in x], [unit(v) for v in y], len(x)
    s = [[dot(p, q) / 0.4 for q in b] for p in a]
    return sum(lse(s[i]) + lse([s[j][i] for j in range(n)]) - 2 * s[i][i] for i in range(n)) / (2 * n)

def collapsed(path): return [k for k, _ in itertools.groupby(path) if k != 0]

def ctc(x, y, frames, labels):  # over all paths
    out = []
    for row, want, f, l in zip(x, y, frames, labels):
        row, want = row[:sum(f)], want[:sum(l)]
        lp = [[v - lse(at) for v in at] for at in row]
        out.append(-lse([sum(lp[t][k] for t, k in enumerate(p)) for p in itertools.product(range(len(row[0])), repeat=len(row))
                         if collapsed(p) == want]))
    return out

def others():
    x, y, z = (normal(1, 4, 3) for _ in range(3))
    k = [0, 2, 1, 2]
    focal = lambda x: sum(-(1 - math.exp(v[i] - lse(v))) ** 2 * (v[i] - lse(v)) for v, i in zip(x, k)) / 4
    yield "focal", {"x": x, "y": k}, (focal(x), slope(focal, x))
    huber = lambda x: sum(0.5 * d * d if d <= 0.7 else 0.7 * (d - 0.35) for d in (abs(a - b) for a, b in zip(flat(x), flat(y)))) / 12
    yield "huber_of", {"x": x, "y": y}, (huber(x), slope(huber, x))
    yield "nt", {"x": x, "y": y}, (nt(x, y), slope(lambda x: nt(x, y), x))
    yield "clip_of", {"x": x, "y": y}, (clip_pairs(x, y), slope(lambda x: clip_pairs(x, y), x))
    far = lambda a, b: math.sqrt(sum((p - q) ** 2 for p, q in zip(a, b)))
    triplet = lambda x: sum(max(0, far(a, p) - far(a, n) + 0.9) for a, p, n in zip(x, y, z)) / 4
    yield "triplet", {"x": x, "y": y, "z": z}, (triplet(x), slope(triplet, x))
    u = normal(1, 4, 5, 3)
    labels = [[1, 2, 1], [1, 1, 2], [2, 1, 1], [1, 2, 2]]
    frames = [[t < n for t in range(5)] for n in (5, 5, 4, 3)]
    there = [[i < n for i in range(3)] for n in (3, 2, 1, 0)]
    loss = lambda u: ctc(u, labels, frames, there)
    yield "ctc", {"x": u, "y": labels, "frames": frames, "labels": there}, (loss(u), slope(lambda u: sum(loss(u)), u))


def lattice(x, y, frames, labels):  # over all ways through it
    out = []
    for row, want, f, l in zip(x, y, frames, labels):
        lp = [[[v - lse(at) for v in at] for at in frame] for frame in row]
        T, U = sum(f), sum(l)
        ways = []
        for moves in set(itertools.permutations("b" * (T - 1) + "l" * U)):
            t = u = 0
            p = 0.0
            for m in moves:
                if m == "b": p, t = p + lp[t][u][0], t + 1
                else: p, u = p + lp[t][u][want[u]], u + 1
            ways.append(p + lp[t][u][0])
        out.append(-lse(ways))
    return out

def remembered(q, k, v, g):
    out = []
    for Q, K, V, G in zip(q, k, v, g):
        out.append([])
        for qs, ks, vs, gs in zip(Q, K, V, G):
            S, o = [[0.0] * len(vs[0]) for _ in ks[0]], []
            for t in range(len(qs)):
                S = [[math.exp(gs[t]) * S[i][j] + ks[t][i] * vs[t][j] for j in range(len(vs[0]))] for i in range(len(ks[0]))]
                o.append([sum(qs[t][i] * S[i][j] for i in range(len(S))) for j in range(len(vs[0]))])
            out[-1].append(o)
    return out

def selective(x, dt, A, b, c):
    out = []
    for xs, ds, bs, cs in zip(x, dt, b, c):
        h, o = [[0.0] * len(A[0]) for _ in A], []
        for t in range(len(xs)):
            h = [[math.exp(ds[t][d] * A[d][n]) * h[d][n] + ds[t][d] * bs[t][n] * xs[t][d] for n in range(len(A[0]))] for d in range(len(A))]
            o.append([sum(cs[t][n] * h[d][n] for n in range(len(A[0]))) for d in range(len(A))])
        out.append(o)
    return out

def forms():
    x = normal(1, 3, 3, 3, 4)
    y, frames, labels = [[1, 3], [2, 2], [3, 1]], [[t < n for t in range(3)] for n in (3, 2, 1)], [[u < n for u in range(2)] for n in (2, 1, 0)]
    loss = lambda x: lattice(x, y, frames, labels)
    yield "transducer", {"x": x, "y": y, "frames": frames, "labels": labels}, (loss(x), slope(lambda x: sum(loss(x)), x))
    q, k, v, g = normal(1, 2, 2, 6, 3), normal(1, 2, 2, 6, 3), normal(1, 2, 2, 6, 2), made(lambda: -rng.random(), 2, 2, 6)
    o, by_g, by_k = remembered(q, k, v, g), slope(lambda g: squares(remembered(q, k, v, g)), g), slope(lambda k: squares(remembered(q, k, v, g)), k)
    yield "linear_forms", {"q": q, "k": k, "v": v, "g": g}, (o, o, o, by_g, by_g, by_g, by_k, by_k, by_k)
    x, dt, A = normal(1, 2, 6, 2), made(rng.random, 2, 6, 2), made(lambda: -2 * rng.random(), 2, 3)
    b, c = normal(1, 2, 6, 3), normal(1, 2, 6, 3)
    o, by_dt, by_A = selective(x, dt, A, b, c), slope(lambda d: squares(selective(x, d, A, b, c)), dt), slope(lambda A: squares(selective(x, dt, A, b, c)), A)
    yield "ssm_forms", {"x": x, "dt": dt, "A": A, "b": b, "c": c}, (o, o, o, by_dt, by_dt, by_dt, by_A, by_A, by_A)

# ---- process rewards, samplers, PPO ----

def answers():
    x, ref, n = normal(1, 3, 5), normal(1, 3, 5), (5, 4, 2)
    ym = [[t < m for t in range(5)] for m in n]
    ends = [[False, True, False, True, True], [True, False, False, True, True], [False, True, True, False, True]]
    right, good = [[rng.random() < 0.5 for _ in range(5)] for _ in n], [True, False, True]
    here = [[a and b for a, b in zip(p, q)] for p, q in zip(ym, ends)]
    def step(x): return sum(-lsig(v if r else -v) for X, R, H in zip(x, right, here) for v, r, h in zip(X, R, H) if h) / sum(flat(here))
    def sums(x):
        out = [[0.0] * 5 for _ in x]
        for i, X in enumerate(x):
            a = 0.0
            for t in range(n[i]):
                a += X[t]
                if ends[i][t]: out[i][t], a = a, 0.0
        return out
    lps = [[lsig(v) for v, h in zip(X, H) if h] for X, H in zip(x, here)]
    yield "steps_of", {"x": x, "right": right, "ends": ends, "ym": ym}, (
        step(x), slope(step, x), sums(x), [math.exp(sum(p)) for p in lps], [math.exp(min(p + [0.0])) for p in lps])
    ratio = lambda x: each(lambda a, b: 0.3 * (a - b), x, ref)
    outcome = lambda x: -sum(lsig(s if g else -s) for g, s in zip(good, [sum(R[:m]) for R, m in zip(ratio(x), n)])) / 3
    yield "implicit", {"x": x, "ref": ref, "good": good, "ends": ends, "ym": ym}, (outcome(x), slope(outcome, x), sums(ratio(x)))
    before = normal(1, 3)
    paid = lambda x: [[(X[t] - (X[t - 1] if t else b)) if t < m else 0.0 for t in range(5)] for X, b, m in zip(x, before, n)]
    yield "red", {"x": x, "before": before, "ym": ym}, (paid(x), slope(lambda x: squares(paid(x)), x))
    v, s = normal(1, 3, 4), normal(1, 3, 5)
    yield "judged", {"x": v, "score": s}, ([math.exp(r[2]) / (math.exp(r[2]) + math.exp(r[1])) for r in v], [sum(r) / 5 for r in s])
    d = [[a - b if m else 0.0 for a, b, m in zip(*rows)] for rows in zip(x, ref, ym)]
    token, row = each(math.exp, d), [[math.exp(sum(r))] * 5 for r in d]
    real = lambda w, f: [[f(a) if m else 0.0 for a, m in zip(*rows)] for rows in zip(w, ym)]
    low, drop = lambda w: min(w, 1.5), lambda w: w if w <= 1.5 else 0.0
    yield "weights_of", {"x": x, "drawn": ref, "ym": ym}, (real(token, low), real(token, drop), real(row, low), real(row, drop),
                                                           sum(flat(real(token, lambda w: w))) / sum(n))
    old, r, val = each(lambda a, b: a + 0.3 * b, x, ref), normal(1, 3, 5), normal(1, 3, 5)
    adv = [[0.0] * 5 for _ in n]
    for i, m in enumerate(n):
        for t in range(m):  # the definition: discounted sums of one-step errors
            error = lambda k: r[i][k] + (0.9 * val[i][k + 1] if k + 1 < m else 0) - val[i][k]
            adv[i][t] = sum((0.9 * 0.8) ** (k - t) * error(k) for k in range(t, m))
    ret = [[a + v if t < m else 0.0 for t, (a, v) in enumerate(zip(A, V))] for A, V, m in zip(adv, val, n)]
    there = [a for A, m in zip(adv, n) for a in A[:m]]
    mu = sum(there) / len(there)
    dev = math.sqrt(sum((a - mu) ** 2 for a in there) / len(there) + 1e-8)
    white = [[(a - mu) / dev if t < m else 0.0 for t, a in enumerate(A)] for A, m in zip(adv, n)]
    def policy(x):
        return sum(max(-a * w, -a * clip(w, 0.8, 1.2)) for X, O, A, m in zip(x, old, white, n)
                   for a, w in [(A[t], math.exp(X[t] - O[t])) for t in range(m)]) / 7
    def value(x):
        return 0.5 * sum(max((X[t] - R[t]) ** 2, (clip(X[t], V[t] - 0.3, V[t] + 0.3) - R[t]) ** 2) for X, V, R, m in zip(x, val, ret, n)
                         for t in range(m)) / 7
    yield "ppo", {"x": x, "old": old, "r": r, "v": val, "ym": ym}, (adv, ret, white, policy(x), value(x), slope(policy, x), slope(value, x))


# ---- windows ----

def conv1(x, W, S, D):
    n = (len(x[0]) - D * (len(W) - 1) - 1) // S + 1
    return [[[sum(row[S * t + D * k][i] * W[k][i][o] for k in range(len(W)) for i in range(len(W[0]))) for o in range(len(W[0][0]))]
             for t in range(n)] for row in x]

def conv2(x, W, S):
    K, L = len(W), len(W[0])
    h, v = (len(x[0]) - K) // S + 1, (len(x[0][0]) - L) // S + 1
    return [[[[sum(im[S * a + k][S * b + l][i] * W[k][l][i][o] for k in range(K) for l in range(L) for i in range(len(W[0][0])))
               for o in range(len(W[0][0][0]))] for b in range(v)] for a in range(h)] for im in x]

def squares(y): return sum(v * v for v in flat(y))

def windows():
    x, W = normal(1, 2, 9, 2), normal(1, 2, 2, 3)
    yield "conv_1d", {"x": x, "W": W}, (conv1(x, W, 2, 3), slope(lambda x: squares(conv1(x, W, 2, 3)), x), slope(lambda W: squares(conv1(x, W, 2, 3)), W))
    m, F = normal(1, 2, 5, 6, 2), normal(1, 3, 2, 2, 2)
    yield "conv_2d", {"x": m, "W": F}, (conv2(m, F, 2), slope(lambda x: squares(conv2(x, F, 2)), m), slope(lambda W: squares(conv2(m, W, 2)), F))
    back = [[[sum(x[b][t][i] * W[k][i][o] for t in range(9) for k in range(2) for i in range(2) if 2 * t + 3 * k == p) for o in range(3)]
             for p in range(2 * 8 + 3 + 1)] for b in range(2)]
    yield "transposed", {"x": x, "W": W}, (back,)
    w = normal(1, 3, 2)
    yield "depthwise", {"x": x, "W": w}, ([[[sum(x[b][t + 2 * k][c] * w[k][c] for k in range(3)) for c in range(2)] for t in range(5)] for b in range(2)],)
    two = lambda f, S: [[[[f([im[S * a + k][S * b + l][c] for k in range(2) for l in range(2)]) for c in range(2)]
                          for b in range((6 - 2) // S + 1)] for a in range((5 - 2) // S + 1)] for im in m]
    one = lambda f: [[[f([row[2 * t + k][c] for k in range(3)]) for c in range(2)] for t in range(2)] for row in m[0]]
    mean = lambda v: sum(v) / len(v)
    whole = lambda f: [[f([im[a][b][c] for a in range(5) for b in range(6)]) for c in range(2)] for im in m]
    yield "pools", {"x": m}, (two(max, 2), two(mean, 1), one(max), one(mean), whole(mean), whole(max))


# ---- chains ----

def chain():
    u, y = normal(1, 3, 4, 3), [[0, 2, 1, 0], [1, 1, 0, 2], [2, 0, 0, 0]]
    n = [4, 3, 1]
    there = [[t < k for t in range(4)] for k in n]
    l, gu, best, A, begin, end = run("Chain", {"u": u, "y": y, "there": there})
    score = lambda row, p: begin[p[0]] + end[p[-1]] + sum(row[t][k] for t, k in enumerate(p)) + sum(A[a][b] for a, b in zip(p, p[1:]))
    paths = lambda k: list(itertools.product(range(3), repeat=k))
    loss = lambda u: [lse([score(r, p) for p in paths(k)]) - score(r, t[:k]) for r, t, k in zip(u, y, n)]
    compare("crf", (l, gu), (loss(u), slope(lambda u: sum(loss(u)), u)))
    top = [list(map(float, max(paths(k), key=lambda p: score(r, p)))) for r, k in zip(u, n)]
    compare("crf, best chain", [b[:k] for b, k in zip(best, n)], top)


# ---- optimizers, schedules, states ----

def train(program):
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run([ordo, "train", updates, program, "-q", "--log-every", "1", "--out", out + "/r"], capture_output=True, text=True)
        if done.returncode: raise SystemExit(f"{program}: {done.stdout}{done.stderr}")
        return [json.loads(line) for line in open(out + "/r/metrics.jsonl")]

def matrix(rule):
    w = [[0.3 * i - 0.23 * j + 0.1 for j in range(3)] for i in range(2)]
    state, steps = {}, []
    for t in range(1, 5):
        g = [[w[i][j] - (1 - 0.5 * i * j) for j in range(3)] for i in range(2)]
        w = rule(w, g, t, state)
        steps.append([w[0][0], w[0][2], w[1][1], w[1][2]])
    return steps

def zeros(): return [[0.0] * 3 for _ in range(2)]
def mixed(keep, a, b): return each(lambda x, y: keep * x + (1 - keep) * y, a, b)
def norm(x): return math.sqrt(sum(v * v for v in flat(x)))

def rmsprop(w, g, t, s):
    s["v"] = mixed(0.9, s.get("v", zeros()), each(lambda x: x * x, g))
    s["d"] = each(lambda d, x, v: 0.5 * d + x / (math.sqrt(v) + 1e-8), s.get("d", zeros()), g, s["v"])
    return each(lambda x, d: x - 0.1 * d, w, s["d"])

def rms_centred(w, g, t, s):
    s["v"], s["m"] = mixed(0.9, s.get("v", zeros()), each(lambda x: x * x, g)), mixed(0.9, s.get("m", zeros()), g)
    return each(lambda x, v, m, y: x - 0.1 * y / (math.sqrt(max(v - m * m, 0)) + 1e-3), w, s["v"], s["m"], g)

def lion(w, g, t, s):
    m = s.get("m", zeros())
    s["m"] = mixed(0.99, m, g)
    return each(lambda x, d: x - 0.1 * (math.copysign(1, d) + 0.2 * x), w, mixed(0.9, m, g))

def lamb(w, g, t, s):
    s["m"], s["v"] = mixed(0.9, s.get("m", zeros()), g), mixed(0.999, s.get("v", zeros()), each(lambda x: x * x, g))
    d = each(lambda m, v, x: m / (1 - 0.9 ** t) / (math.sqrt(v / (1 - 0.999 ** t)) + 1e-6) + 0.01 * x, s["m"], s["v"], w)
    return each(lambda x, y: x - 0.1 * norm(w) / norm(d) * y, w, d)

def adafactor(w, g, t, s):
    keep = 1 - t ** -0.8
    s["r"] = [keep * r + (1 - keep) * sum(x * x for x in row) / 3 for r, row in zip(s.get("r", [0.0] * 2), g)]
    s["c"] = [keep * c + (1 - keep) * (g[0][j] ** 2 + g[1][j] ** 2) / 2 for j, c in enumerate(s.get("c", [0.0] * 3))]
    mean = sum(s["r"]) / 2
    u = [[g[i][j] / math.sqrt(s["r"][i] * s["c"][j] / mean) for j in range(3)] for i in range(2)]
    cut, rate = max(1, norm(u) / math.sqrt(6)), 0.1 * max(1e-3, norm(w) / math.sqrt(6))
    return each(lambda x, y: x - rate * y / cut, w, u)

def product(a, b): return [[sum(x * b[k][j] for k, x in enumerate(row)) for j in range(len(b[0]))] for row in a]

def muon(w, g, t, s):
    s["v"] = mixed(0.95, s.get("v", zeros()), g)
    d = mixed(0.95, s["v"], g)
    x = each(lambda v: v / (norm(d) + 1e-7), d)
    for _ in range(5):
        a = product(x, [list(c) for c in zip(*x)])
        x = each(lambda p, q: 3.4445 * p + q, x, product(each(lambda p, q: -4.7750 * p + 2.0315 * q, a, product(a, a)), x))
    return each(lambda p, q: p * (1 - 0.1 * 0.1) - 0.1 * math.sqrt(3 / 2) * q, w, x)

def optimizers():
    for name, rule in {"rmsprop": rmsprop, "centred": rms_centred, "lion": lion, "lamb": lamb, "adafactor": adafactor, "muon": muon}.items():
        if not wanted or name in wanted:
            compare(name, [[m[k] for k in "abcd"] for m in train(name + "_t")], matrix(rule))

def half(x): return 0.5 * (1 + math.cos(math.pi * x))

def rates():
    global spec
    spec = updates
    for step in (0, 1, 2, 3, 5, 8, 9, 13, 20):
        begin, length = 0, 3
        while step >= begin + length: begin, length = begin + length, 2 * length
        top = 0.3 * 20 - 1
        cycle = 2 * (0.04 + 0.96 * (1 - half(step / top)) if step < top else 1e-5 + (1 - 1e-5) * half(min(1, (step - top) / (19 - top))))
        compare(f"rates at {step}", run("rates", {"step": float(step)}), [0.5 + 1.5 * half(step % 3 / 3), 2 * half((step - begin) / length), cycle])

def states():
    steps = train("norms_t")
    mu, var = 0.0, 1.0
    for t, (m, e) in enumerate(zip([s for s in steps if s["section"] == "train"], [s for s in steps if s["section"] != "train"])):
        x = [2 * b + t for b in range(4)]
        mean = sum(x) / 4
        v = sum((a - mean) ** 2 for a in x) / 4
        y = (x[3] - mean) / math.sqrt(v + 1e-5)
        for values in (x, [a * (h + w) for a in x for h in range(2) for w in range(3)]):
            n, mean = len(values), sum(values) / len(values)
            v = sum((a - mean) ** 2 for a in values) / n
            mu, var = 0.9 * mu + 0.1 * mean, 0.9 * var + 0.1 * v * n / (n - 1)
        compare(f"batch norm, step {t}", [m["y"], m["mu"], m["variance"], e["y"], m["weight"]], [y, mu, var, (1 - mu) / math.sqrt(var + 1e-5), 0])
        g = lambda b, k: [b + s * d for s in range(3) for d in (2 * k, 2 * k + 1)]
        put = lambda v, x: (x - sum(v) / 6) / math.sqrt(sum((a - sum(v) / 6) ** 2 for a in v) / 6 + 1e-5)
        compare(f"group norm, step {t}", [e["group"], e["grouped"]], [put(g(1, 1), 7), put(g(0, 1), 2)])
        compare(f"sequences, step {t}", [e[k] for k in ("masked", "backward", "stacked", "gru")], [0.0] * 4)
    compare("spectral norm", [m["e"] for m in train("spectral_t")[-2:]], [0.0, 0.0], 1e-2)


wanted = sys.argv[1:]
for name, args, right in itertools.chain(groups(), pairs(), others(), forms(), answers(), windows()):
    if not wanted or name in wanted: compare(name, run(name, args), right)
if not wanted or "crf" in wanted: chain()
optimizers()
if not wanted or "rates" in wanted: rates()
if not wanted or "states" in wanted: states()
print(f"{len(failed)} wrong" if failed else "all right")
sys.exit(1 if failed else 0)
