"""The work of bench/seq_speed.ordo in JAX. usage: seq_jax.py THREADS

Speaks as seq_torch.py does. Each step is one jitted function that gives its buffers away; loops over time are lax.scan.
"""
import os
import sys
import time

threads = int(sys.argv[1])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # XLA takes its threads from the processors it may run on
os.environ["JAX_PLATFORMS"] = "cpu"
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

# The sizes of seq_speed.ordo.
V, D, L, HEADS, FF, B, S, P, T = 256, 128, 4, 4, 256, 16, 64, 16, 128
K = D // HEADS
LETTERS, PHONES, H, E, WORDS, LENGTH = 33, 74, 224, 96, 64, 10
keys = iter(jax.random.split(jax.random.PRNGKey(1), 200))
draw = lambda *s: jax.random.normal(next(keys), s) / s[0] ** 0.5


def nll(logits, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[..., None], -1).mean()


def trained(weights, loss):
    """A step of Adam on fresh data."""
    zeros = lambda: jax.tree.map(jnp.zeros_like, weights)

    def update(w, m, v, t, key):
        g = jax.grad(loss)(w, key)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        a, b = 1 - 0.9 ** t, 1 - 0.999 ** t
        return jax.tree.map(lambda w, m, v: w - 1e-3 * (m / a) / (jnp.sqrt(v / b) + 1e-8), w, m, v), m, v, t + 1
    update = jax.jit(update, donate_argnums=(0, 1, 2))
    state = [weights, zeros(), zeros(), jnp.float32(1)]

    def step():
        state[:] = update(*state, jax.random.PRNGKey(int(time.perf_counter_ns() % 2**31)))
        jax.block_until_ready(state)
    return step


# ---- a decoder-only Transformer ----

def make_weights():
    blocks = [dict(qkv=draw(D, 3 * D), o=draw(D, D), up=draw(D, 2 * FF), down=draw(FF, D), n1=jnp.ones(D), n2=jnp.ones(D)) for _ in range(L)]
    return dict(embed=draw(V, D), head=draw(D, V), last=jnp.ones(D), blocks=blocks)


def norm(x, g):
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * g


def rotate(x, at):
    angle = at[:, None] / 10000 ** (jnp.arange(K // 2) / (K // 2))
    a, b = jnp.split(x, 2, -1)
    return jnp.concatenate([a * jnp.cos(angle) - b * jnp.sin(angle), b * jnp.cos(angle) + a * jnp.sin(angle)], -1)


def block(w, h, at, memory, see):
    """memory: from keys and values of h to those that are read."""
    q, k, v = (z.reshape(*h.shape[:2], HEADS, K).swapaxes(1, 2) for z in jnp.split(norm(h, w["n1"]) @ w["qkv"], 3, -1))
    k, v = memory(rotate(k, at), v)
    e = jnp.einsum("bhtd,bhsd->bhts", rotate(q, at), k) / K ** 0.5
    r = jnp.einsum("bhts,bhsd->bhtd", jax.nn.softmax(jnp.where(see, e, -jnp.inf)), v)
    h = h + r.swapaxes(1, 2).reshape(h.shape) @ w["o"]
    gate, value = jnp.split(norm(h, w["n2"]) @ w["up"], 2, -1)
    return h + (jax.nn.silu(gate) * value) @ w["down"]


def learn():
    causal = jnp.tril(jnp.ones((S, S), bool))

    def loss(w, key):
        x = jax.random.randint(key, (B, S), 0, V)
        h = w["embed"][x]
        for b in w["blocks"]:
            h = block(b, h, jnp.arange(S), lambda k, v: (k, v), causal)
        return nll((norm(h, w["last"]) @ w["head"])[:, :-1], x[:, 1:])
    return trained(make_weights(), loss)


def decode():
    weights = make_weights()

    def written(w, key):
        x = jax.random.randint(key, (B, P), 0, V)
        room = lambda z: jnp.pad(z, ((0, 0), (0, 0), (0, T), (0, 0)))
        h, caches = w["embed"][x], []
        for b in w["blocks"]:
            def memory(k, v):
                caches.append((room(k), room(v)))
                return k, v
            h = block(b, h, jnp.arange(P), memory, jnp.tril(jnp.ones((P, P), bool)))

        def one(state, t):
            y, caches = state
            h, after = w["embed"][y][:, None], []
            for b, (ks, vs) in zip(w["blocks"], caches):
                def memory(k, v):
                    after.append(tuple(jax.lax.dynamic_update_slice(z, new, (0, 0, t, 0)) for z, new in ((ks, k), (vs, v))))
                    return after[-1]
                h = block(b, h, t[None], memory, jnp.arange(P + T) <= t)
            return ((norm(h[:, 0], w["last"]) @ w["head"]).argmax(-1), after), y
        y = (norm(h[:, -1], w["last"]) @ w["head"]).argmax(-1)
        return jax.lax.scan(one, (y, caches), P + jnp.arange(T))[1]
    run = jax.jit(written)
    return lambda: run(weights, jax.random.PRNGKey(1)).block_until_ready()


# ---- the LSTM of models/g2p.ordo ----

def make_speller():
    lstm = lambda i: dict(W=draw(i, 4 * H), U=draw(H, 4 * H), b=jnp.zeros(4 * H))
    linear = lambda i, o: (draw(i, o), jnp.zeros(o))
    return dict(source=draw(LETTERS, E), target=draw(PHONES, E), forth=lstm(E), back=lstm(E), begin=linear(2 * H, 2 * H), write=lstm(E),
                rewrite=lstm(3 * H), ask=linear(H, 2 * H), mix=linear(3 * H, H), out=linear(H, PHONES))


def affine(w, x):
    return x @ w[0] + w[1]


def lstm(w, x, state, reverse=False):
    """States after each token of x: [B, T, I], and the last one."""
    def one(state, x):
        h, c = state
        i, f, g, o = jnp.split(x + h @ w["U"], 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h
    state, h = jax.lax.scan(one, state, (x @ w["W"] + w["b"]).swapaxes(0, 1), reverse=reverse)
    return h.swapaxes(0, 1), state


def encode(w, src):
    x, zero = w["source"][src], (jnp.zeros((WORDS, H)),) * 2
    right, (h1, _) = lstm(w["forth"], x, zero)
    left, (h2, _) = lstm(w["back"], x, zero, reverse=True)
    h, c = jnp.split(jnp.tanh(affine(w["begin"], jnp.concatenate([h1, h2], -1))), 2, -1)
    return jnp.concatenate([right, left], -1), (h, c)


def some(w, y, m, low, high):
    first, low = lstm(w["write"], w["target"][y], low)
    r = jax.nn.softmax(affine(w["ask"], first) @ m.swapaxes(1, 2) / H ** 0.5) @ m
    second, high = lstm(w["rewrite"], jnp.concatenate([first, r], -1), high)
    return affine(w["out"], jnp.tanh(affine(w["mix"], jnp.concatenate([second, r], -1)))), low, high


def lstm_learn():
    def loss(w, key):
        k1, k2 = jax.random.split(key)
        src, tgt = jax.random.randint(k1, (WORDS, LENGTH), 0, LETTERS), jax.random.randint(k2, (WORDS, LENGTH), 0, PHONES)
        m, s = encode(w, src)
        return nll(some(w, jnp.concatenate([jnp.ones_like(tgt[:, :1]), tgt[:, :-1]], 1), m, s, s)[0], tgt)
    return trained(make_speller(), loss)


def lstm_decode():
    weights = make_speller()

    def written(w, key):
        m, s = encode(w, jax.random.randint(key, (WORDS, LENGTH), 0, LETTERS))

        def one(state, _):
            y, low, high = state
            logits, low, high = some(w, y, m, low, high)
            y = logits.argmax(-1)
            return (y, low, high), y
        return jax.lax.scan(one, (jnp.ones((WORDS, 1), int), s, s), None, length=2 * LENGTH)[1]
    run = jax.jit(written)
    return lambda: run(weights, jax.random.PRNGKey(1)).block_until_ready()


def main():
    steps = {}
    for make in (learn, decode, lstm_learn, lstm_decode):
        step = make()
        step(), step()
        steps[make.__name__] = step
        print(make.__name__, flush=True)
    print("ready", flush=True)
    for line in sys.stdin:
        kind, n = line.split()
        start = time.perf_counter()
        for _ in range(int(n)):
            steps[kind]()
        print((time.perf_counter() - start) / int(n), flush=True)


main()
