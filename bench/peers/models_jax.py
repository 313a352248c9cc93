"""Training steps of bench/speed.py in JAX, each one jitted function of weights, moments and the number of the step.

usage: models_jax.py MODEL jit PRECISION THREADS      PRECISION: f32, or bf16: the forward pass in bf16 from weights in f32, losses in f32
Prints and reads what models_torch.py does.
"""
import os
import resource
import statistics
import sys
import time

begun = time.time()
model, precision, threads = sys.argv[1], sys.argv[3], int(sys.argv[4])
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"
os.environ["JAX_PLATFORMS"] = "cpu"
if threads == 1:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jax import lax, nn  # noqa: E402

V, D, B, T, HEADS = 8000, 256, 32, 64, 4
KEYS = iter(jax.random.split(jax.random.key(0), 1000))
WORK = jnp.bfloat16 if precision == "bf16" else jnp.float32


def normal(*shape, std=0.02):
    return std * jax.random.normal(next(KEYS), shape)


def linear(i, o, bias=True):
    a = (6 / (i + o)) ** 0.5
    w = {"W": jax.random.uniform(next(KEYS), (i, o), minval=-a, maxval=a)}
    return w | {"b": jnp.zeros(o)} if bias else w


def apply(f, x):
    return x @ f["W"] + f["b"] if "b" in f else x @ f["W"]


def norm(d):
    return {"g": jnp.ones(d), "b": jnp.zeros(d)}


def normed(f, x):
    z = x.astype(jnp.float32)
    z = (z - z.mean(-1, keepdims=True)) * lax.rsqrt(z.var(-1, keepdims=True) + 1e-5)
    return (z * f["g"] + f["b"]).astype(x.dtype)


def softmax(e):
    return nn.softmax(e.astype(jnp.float32), -1).astype(e.dtype)


def cross_entropy(z, y):
    return -jnp.take_along_axis(nn.log_softmax(z.astype(jnp.float32), -1), y[..., None], -1).mean()


# ---- Transformers ----

def attention(d):
    return {n: linear(d, d) for n in "qkvo"}


def apart(x, heads):
    return x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(0, 2, 1, 3)


def together(r):
    return r.transpose(0, 2, 1, 3).reshape(r.shape[0], r.shape[2], -1)


def rotated(x):
    half = x.shape[-1] // 2
    angle = jnp.arange(x.shape[2])[:, None] / 10000 ** (jnp.arange(half) / half)
    c, s = jnp.cos(angle).astype(x.dtype), jnp.sin(angle).astype(x.dtype)
    a, b = jnp.split(x, 2, -1)
    return jnp.concatenate([a * c - b * s, b * c + a * s], -1)


def attend(f, x, m, heads=HEADS, causal=False, rope=False):
    q, k, v = apart(apply(f["q"], x), heads), apart(apply(f["k"], m), heads), apart(apply(f["v"], m), heads)
    if rope:
        q, k = rotated(q), rotated(k)
    e = q @ k.swapaxes(2, 3) / q.shape[-1] ** 0.5
    if causal:
        e = jnp.where(jnp.tril(jnp.ones(e.shape[-2:], bool)), e, -1e30)
    return apply(f["o"], together(softmax(e) @ v))


def block(d=D, cross=False):
    w = {"norm1": norm(d), "norm2": norm(d), "attn": attention(d), "up": linear(d, 4 * d), "down": linear(4 * d, d)}
    return w | {"cross": attention(d), "norm3": norm(d)} if cross else w


def through(f, x, act, m=None, heads=HEADS, causal=False, rope=False):
    y = normed(f["norm1"], x)
    x = x + attend(f["attn"], y, y, heads, causal, rope)
    if m is not None:
        x = x + attend(f["cross"], normed(f["norm3"], x), m, heads)
    return x + apply(f["down"], act(apply(f["up"], normed(f["norm2"], x))))


def transformer():
    return {"source": normal(V, D), "target": normal(V, D), "from": normal(1024, D), "to": normal(1024, D), "encoder": [block() for _ in range(3)],
            "decoder": [block(cross=True) for _ in range(3)], "read": norm(D), "last": norm(D), "head": linear(D, V, False)}


def transformer_loss(w, key):
    x, y = (jax.random.randint(k, (B, T), 0, V) for k in jax.random.split(key))
    h = w["source"][x] + w["from"][:T]
    for f in w["encoder"]:
        h = through(f, h, nn.relu)
    m = normed(w["read"], h)
    h = w["target"][jnp.concatenate([jnp.ones((B, 1), y.dtype), y[:, :-1]], 1)] + w["to"][:T]
    for f in w["decoder"]:
        h = through(f, h, nn.relu, m, causal=True)
    return cross_entropy(apply(w["head"], normed(w["last"], h)), y)


def reward():
    return {"tokens": normal(V, D), "block": [block() for _ in range(4)], "last": norm(D), "W": normal(D, std=1 / 16)}


def reward_loss(w, key):
    x, y, z = (jax.random.randint(k, (B // 2, T), 0, V) for k in jax.random.split(key, 3))

    def score(t):
        h = w["tokens"][t]
        for f in w["block"]:
            h = through(f, h, lambda u: nn.gelu(u, approximate=False), causal=True, rope=True)
        return (normed(w["last"], h)[:, -1] @ w["W"]).astype(jnp.float32)

    return -nn.log_sigmoid(score(jnp.concatenate([x, y], 1)) - score(jnp.concatenate([x, z], 1))).mean()


GPT = {"words": 50257, "d": 768, "heads": 12, "blocks": 12, "rows": 4, "length": 128}


def gpt2():
    return {"tokens": normal(GPT["words"], GPT["d"]), "places": normal(1024, GPT["d"]), "block": [block(GPT["d"]) for _ in range(GPT["blocks"])],
            "last": norm(GPT["d"])}


def gpt2_loss(w, key):
    x = jax.random.randint(key, (GPT["rows"], GPT["length"]), 0, GPT["words"])
    h = w["tokens"][x] + w["places"][:GPT["length"]]
    for f in w["block"]:
        h = through(f, h, nn.gelu, heads=GPT["heads"], causal=True)
    return cross_entropy((normed(w["last"], h) @ w["tokens"].T)[:, :-1], x[:, 1:])


# ---- recurrences ----

def lstm(i, h):
    return {"W": linear(i, 4 * h, False)["W"], "U": nn.initializers.orthogonal()(next(KEYS), (h, 4 * h)), "b": jnp.zeros(4 * h)}


def gates(z, c):
    i, f, g, o = jnp.split(z, 4, 1)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
    return nn.sigmoid(o) * jnp.tanh(c), c


def over(f, x, state):
    """The states after each token, and the last one."""
    def go(s, z):
        s = gates(z + s[0] @ f["U"], s[1])
        return s, s[0]
    state, hs = lax.scan(go, state, (x @ f["W"] + f["b"]).swapaxes(0, 1))
    return hs.swapaxes(0, 1), state


def zeros(rows, d=D):
    return jnp.zeros((rows, d), WORK), jnp.zeros((rows, d), WORK)


def recurrent_loss(w, key):
    _, (h, _) = over(w, jax.random.normal(key, (2 * B, 50, D)).astype(WORK), zeros(2 * B))
    return (h.astype(jnp.float32) ** 2).mean()


def seq2seq():
    return {"source": normal(V, D, std=0.1), "target": normal(V, D, std=0.1), "read": lstm(D, D), "write": lstm(D, D), "rewrite": lstm(2 * D, D),
            "ask": linear(D, D), "mix": linear(2 * D, D), "out": linear(D, V)}


def seq2seq_loss(w, key):
    x, y = (jax.random.randint(k, (2 * B, 30), 0, V) for k in jax.random.split(key))
    m, state = over(w["read"], w["source"][x], zeros(2 * B))
    first, _ = over(w["write"], w["target"][jnp.concatenate([jnp.ones((2 * B, 1), y.dtype), y[:, :-1]], 1)], state)
    r = softmax(apply(w["ask"], first) @ m.swapaxes(1, 2) / D ** 0.5) @ m
    last, _ = over(w["rewrite"], jnp.concatenate([first, r], -1), state)
    return cross_entropy(apply(w["out"], jnp.tanh(apply(w["mix"], jnp.concatenate([last, r], -1)))), y)


# ---- sets ----

def mab(i, j, d):
    return {"q": linear(i, d), "k": linear(j, d), "v": linear(j, d), "o": linear(d, d), "norm1": norm(d), "norm2": norm(d)}


def read_set(f, x, y):
    q, k, v = apart(apply(f["q"], x), HEADS), apart(apply(f["k"], y), HEADS), apart(apply(f["v"], y), HEADS)
    a = softmax(q @ k.swapaxes(2, 3) / f["o"]["W"].shape[0] ** 0.5)
    z = normed(f["norm1"], together(q + a @ v))
    return normed(f["norm2"], z + nn.relu(apply(f["o"], z)))


def isab(i, d, m):
    return {"points": linear(m, d, False)["W"], "gather": mab(d, i, d), "spread": mab(i, d, d)}


def induced(f, x):
    points = jnp.broadcast_to(f["points"], (x.shape[0], *f["points"].shape))
    return read_set(f["spread"], x, read_set(f["gather"], points, x))


def set_model():
    d = D // 2
    return {"first": isab(8, d, 16), "next": isab(d, d, 16), "seed": linear(1, d, False)["W"], "pool": mab(d, d, d), "out": linear(d, 10)}


def set_loss(w, key):
    k, l = jax.random.split(key)
    x, y = jax.random.normal(k, (B, 4 * T, 8)).astype(WORK), jax.random.randint(l, (B,), 0, 10)
    z = read_set(w["pool"], jnp.broadcast_to(w["seed"], (B, *w["seed"].shape)), induced(w["next"], induced(w["first"], x)))
    return cross_entropy(apply(w["out"], z[:, 0]), y)


def sorter(h):
    def pointer():
        return {"W1": linear(h, h, False)["W"], "W2": linear(h, h, False)["W"], "v": normal(h, std=0.1)}
    return {"read": linear(1, h), "read2": linear(h, h), "evolve": linear(2 * h, 4 * h), "start_h": linear(2 * h, h), "start_c": linear(2 * h, h),
            "write": lstm(h, h), "point": pointer(), "glimpse": pointer(), "go": normal(h, std=0.1)}


def sorter_loss(w, key, rows=128, count=10, reads=5):
    x = jax.random.uniform(key, (rows, count))
    y = jnp.argsort(x, 1)
    m = apply(w["read2"], nn.relu(apply(w["read"], x[:, :, None].astype(WORK))))
    h = m.shape[-1]

    def process(state, _):
        q, r, c = state
        q, c = gates(apply(w["evolve"], jnp.concatenate([q, r], 1)), c)
        a = softmax(jnp.einsum("bnd,bd->bn", m, q))
        return (q, jnp.einsum("bn,bnd->bd", a, m), c), None

    zero = jnp.zeros((rows, h), WORK)
    (q, r, _), _ = lax.scan(process, (zero, zero, zero), None, length=reads)
    z = jnp.concatenate([q, r], 1)
    k, kg = m @ w["point"]["W1"], m @ w["glimpse"]["W1"]
    rest = jnp.take_along_axis(m, y[:, :-1, None], 1)
    inputs = jnp.concatenate([jnp.broadcast_to(w["go"], (rows, 1, h)), rest], 1)

    def scores(a, k, q):
        return jnp.tanh(k + (q @ a["W2"])[:, None, :]) @ a["v"]

    def write(state, now):
        e, at = now
        s = gates(e @ w["write"]["W"] + state[0] @ w["write"]["U"] + w["write"]["b"], state[1])
        query = s[0] + jnp.einsum("bn,bnd->bd", softmax(scores(w["glimpse"], kg, s[0])), kg)
        return s, cross_entropy(scores(w["point"], k, query), at)

    state = jnp.tanh(apply(w["start_h"], z)), apply(w["start_c"], z)
    return lax.scan(write, state, (inputs.swapaxes(0, 1), y.T))[1].mean()


MODELS = {"rpw128": (lambda: sorter(128), sorter_loss), "rpw256": (lambda: sorter(256), sorter_loss), "seq2seq": (seq2seq, seq2seq_loss),
          "transformer": (transformer, transformer_loss), "reward": (reward, reward_loss), "set": (set_model, set_loss),
          "lstm": (lambda: lstm(D, D), recurrent_loss), "gpt2": (gpt2, gpt2_loss)}
CLIPPED = {"rpw128": 2.0, "rpw256": 2.0}

make, loss_of = MODELS[model]


def step(net, m, v, t):
    def loss(w):
        return loss_of(jax.tree.map(lambda a: a.astype(WORK), w), jax.random.fold_in(jax.random.key(1), t))
    value, g = jax.value_and_grad(loss)(net)
    if model in CLIPPED:
        size = jnp.sqrt(sum(jnp.sum(a * a) for a in jax.tree.leaves(g)))
        g = jax.tree.map(lambda a: a * jnp.minimum(1, CLIPPED[model] / size), g)
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    a, b = 1 - 0.9 ** (t + 1), 1 - 0.999 ** (t + 1)
    net = jax.tree.map(lambda w, m, v: w - 1e-4 * (m / a) / (jnp.sqrt(v / b) + 1e-8), net, m, v)
    return net, m, v, value


step = jax.jit(step, donate_argnums=(0, 1, 2))
net = make()
state = net, jax.tree.map(jnp.zeros_like, net), jax.tree.map(jnp.zeros_like, net)
parameters, done = sum(a.size for a in jax.tree.leaves(net)), 0


def timed():
    global state, done
    start = time.perf_counter()
    *state, value = step(*state, done)
    value = float(value)
    jax.block_until_ready(state)
    done += 1
    return time.perf_counter() - start, value


first = timed()[1]
seconds = time.time() - begun
for _ in range(2):
    timed()
print("ready", parameters, first, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
for line in sys.stdin:
    steps = [timed() for _ in range(int(line))]
    print(min(s for s, _ in steps), statistics.median(s for s, _ in steps), steps[-1][1], flush=True)
