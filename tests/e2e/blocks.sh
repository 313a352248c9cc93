#!/usr/bin/env bash
# Large values made in blocks of rows (the pass 'blocks'): the same numbers as whole, for rows that a block does not divide,
# none and one; the same bits for each row whatever stands beside it, on any number of threads; memory that grows with the length and
# not with its square.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'END'
import linear
import losses
import optimizers
import transformer

fn attend(q: f32[B, T, 4], k: f32[B, S, 4], v: f32[B, S, 4], see: bool[B, S]) -> f32[B, T, 4] {
  e[b, t, s] = sum[d](q[b, t, d] * k[b, s, d])
  a[b, t, s] = softmax[s](where(see[b, s] and s <= t, e[b, t, s], -1e30))
  r[b, t, d] = sum[s](a[b, t, s] * v[b, s, d])
  r
}

fn attention(x: f32[B, T, 4], w: f32[4, 4], see: bool[B, T]) -> (f32, f32[B, T, 4], f32[4, 4]) {
  y = attend(x, x @ w, x, see) @ w
  l = sum(y ** 2)
  (l, grad(l, x), grad(l, w))
}

fn words(x: f32[N, 4], w: f32[4, V], c: f32[V], y: <V>[N]) -> (f32, f32[N, 4], f32[4, V], f32[V]) {
  l = cross_entropy(x @ w + c, y)
  (l, grad(l, x), grad(l, w), grad(l, c))
}

const T = 1024
train long {
  net   = Attention(64, 2)
  steps = 4
  step {
    x[b, t, d] = normal(0, 1) with b in 2, t in T, d in 64
    at[b, t] = 0.0 with b in 2, t in T
    see[b, t, s] = s <= t with b in 2, t in T, s in T
    loss = mean(net(x, at, x, at, see) ** 2)
    minimize loss over net with adam(lr = 1e-3)
    log loss
  }
}
END

cat >compare.py <<'END'
import json, math, random, subprocess, sys
ordo = sys.argv[1]
IN_BLOCKS = "--passes=rewrite2,blocks{bytes=1,rows=4%s},precision,fuse,plan"
WAYS = {"whole": "--without=blocks", "in blocks": IN_BLOCKS % "", "all in blocks": IN_BLOCKS % ",force=1"}


def run(function, args, way, *more):
    r = subprocess.run([ordo, "run", "m.ordo", function, *args, way, "--json", "--digits=0", *more], capture_output=True, text=True)
    return r.returncode, r.stdout, r.stderr


def numbers(value):
    if isinstance(value, (list, dict)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from numbers(v)
    elif isinstance(value, (int, float)):
        yield value


def near(a, b):
    a, b = list(numbers(json.loads(a))), list(numbers(json.loads(b)))
    return len(a) == len(b) and all(math.isnan(x) and math.isnan(y) or abs(x - y) <= 1e-4 * max(1, abs(x)) for x, y in zip(a, b))


def matrix(*shape):
    return round(random.gauss(0, 1), 3) if not shape else [matrix(*shape[1:]) for _ in range(shape[0])]


def compared(function, args):
    args = [json.dumps(a) for a in args]
    whole = run(function, args, WAYS["whole"])
    for way, option in WAYS.items():
        code, out, err = run(function, args, option)
        if code != whole[0] or code == 0 and not near(out, whole[1]):
            sys.exit(f"{function} {' '.join(args)}, {way}: {out} {err}\nexpected {whole[1]} {whole[2]}")
    return whole[0] == 0


random.seed(7)
good = 0
for t in 0, 1, 3, 4, 5, 8, 11:
    see = [[random.random() < 0.7 for _ in range(t)] for _ in range(2)]
    good += compared("attention", [matrix(2, t, 4), matrix(4, 4), see])
for n, v in (1, 3), (4, 5), (7, 1), (9, 6):
    good += compared("words", [matrix(n, 4), matrix(4, v), matrix(v), [random.randrange(v) for _ in range(n)]])
if good < 10:
    sys.exit(f"only {good} runs")

# a row of a batch alone and among others, on one and on three threads
x, w, see = matrix(3, 11, 4), matrix(4, 4), [[True] * 11] * 3
for way in WAYS.values():
    texts = [run("attention", [json.dumps(x), json.dumps(w), json.dumps(see)], way, "-t", str(k))[1] for k in (1, 3)]
    if texts[0] != texts[1]:
        sys.exit(f"threads: {texts}")
    alone = run("attention", [json.dumps(x[1:2]), json.dumps(w), json.dumps(see[:1])], way)[1]
    rows = [json.loads(text) for text in (texts[0], alone)]
    rows = [[v for v in numbers(r)][1:-16] for r in rows]
    if rows[0][44:88] != rows[1]:
        sys.exit(f"a row and its batch: {rows}")
END
python3 compare.py "$ordo" || fail "numbers"

# the plan: twice the length, and no more than twice the memory
planned() { "$ordo" show m.ordo long -D T="$1" --memory $2 | sed -n 's/.*: \([0-9]*\) bytes for values.*/\1/p'; }
cut=$(planned 2048 --passes="rewrite2,blocks{bytes=1000000},precision,fuse,plan")
twice=$(planned 4096 --passes="rewrite2,blocks{bytes=1000000},precision,fuse,plan")
whole=$(planned 4096 --without=blocks)
[ "$twice" -lt $((cut * 21 / 10)) ] || fail "memory of 2048 places: $cut, of 4096: $twice"
[ "$whole" -gt $((twice * 5)) ] || fail "memory of 4096 places: $twice, of whole scores: $whole"

# training: the same loss, with what the default makes of scores of 67 MB
expect 0 "training, whole" "$ordo" train m.ordo long -D T=2048 --steps=2 --log-every=1 --out whole --without=blocks
expect 0 "training, in blocks" "$ordo" train m.ordo long -D T=2048 --steps=2 --log-every=1 --out blocks --remarks=blocks
says "made 128 rows of 2048 at a time, in 2 loops" "the remark"
python3 - <<'PY' || fail "losses"
import json
a, b = ([json.loads(line)["loss"] for line in open(f"{way}/metrics.jsonl")] for way in ("whole", "blocks"))
assert len(a) == 2 and all(abs(x - y) < 1e-5 * abs(x) for x, y in zip(a, b)), (a, b)
PY
finish
