"""The model of models/sort.ordo (encoder "set") in JAX: one jitted step with lax.scan, the random sets made inside.

usage: sort_jax.py jit N P G H BATCH THREADS STEPS
Prints one line: milliseconds of a training step (median, fastest, median of the processor time of all threads), after warming up.
"""
import os
import statistics
import sys
import time

mode, N, P, G, H, B, threads, steps = sys.argv[1], *map(int, sys.argv[2:9])
if threads == 1:  # XLA takes its threads from the processors it may run on
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ["JAX_PLATFORMS"] = "cpu"
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402


def glorot(key, i, o):
    a = (6 / (i + o)) ** 0.5
    return jax.random.uniform(key, (i, o), minval=-a, maxval=a)


def init(key):
    k = iter(jax.random.split(key, 16))
    additive = lambda: {"W1": glorot(next(k), H, H), "W2": glorot(next(k), H, H), "v": 0.1 * jax.random.normal(next(k), (H,))}
    net = {
        "read": (glorot(next(k), 1, H), jnp.zeros(H)), "read2": (glorot(next(k), H, H), jnp.zeros(H)),
        "evolve": (glorot(next(k), 2 * H, 4 * H), jnp.zeros(4 * H)),
        "start_h": (glorot(next(k), 2 * H, H), jnp.zeros(H)),
        "start_c": (glorot(next(k), 2 * H, H), jnp.zeros(H)),
        "W": glorot(next(k), H, 4 * H), "U": glorot(next(k), H, 4 * H), "b": jnp.zeros(4 * H),
        "point": additive(), "go": 0.1 * jax.random.normal(next(k), (H,)),
    }
    if G:
        net["glimpse"] = additive()
    return net


def cell(gates, c):
    i, f, g, o = jnp.split(gates, 4, 1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def scores(a, k, q):
    return jnp.tanh(k + (q @ a["W2"])[:, None, :]) @ a["v"]


def loss(net, x, y):
    m = jax.nn.relu(x[:, :, None] @ net["read"][0] + net["read"][1]) @ net["read2"][0] + net["read2"][1]
    zero = jnp.zeros((x.shape[0], H))

    def process(state, _):
        q, r, c = state
        q, c = cell(jnp.concatenate([q, r], 1) @ net["evolve"][0] + net["evolve"][1], c)
        a = jax.nn.softmax(jnp.einsum("bnd,bd->bn", m, q), 1)
        return (q, jnp.einsum("bn,bnd->bd", a, m), c), None

    (q, r, _), _ = jax.lax.scan(process, (zero, zero, zero), None, length=P)
    z = jnp.concatenate([q, r], 1)
    h = jnp.tanh(z @ net["start_h"][0] + net["start_h"][1])
    c = z @ net["start_c"][0] + net["start_c"][1]
    k = m @ net["point"]["W1"]
    kg = m @ net["glimpse"]["W1"] if G else None
    rest = jnp.take_along_axis(m, y[:, :-1, None], 1)
    inputs = jnp.concatenate([jnp.broadcast_to(net["go"], (x.shape[0], 1, H)), rest], 1)

    def write(state, xs):
        h, c = state
        e, target = xs
        h, c = cell(e @ net["W"] + h @ net["U"] + net["b"], c)
        query = h
        for _ in range(G):
            s = jax.nn.softmax(scores(net["glimpse"], kg, query), 1)
            query = query + jnp.einsum("bn,bnd->bd", s, kg)
        lp = jax.nn.log_softmax(scores(net["point"], k, query), 1)
        return (h, c), -jnp.take_along_axis(lp, target[:, None], 1).mean()

    _, nll = jax.lax.scan(write, (h, c), (inputs.swapaxes(0, 1), y.T))
    return nll.mean()


@jax.jit
def step(net, m, v, t):
    x = jax.random.uniform(jax.random.fold_in(jax.random.PRNGKey(1), t), (B, N))
    y = jnp.argsort(x, 1)
    value, g = jax.value_and_grad(loss)(net, x, y)
    norm = jnp.sqrt(sum(jnp.sum(a * a) for a in jax.tree.leaves(g)))
    g = jax.tree.map(lambda a: a * jnp.minimum(1, 2.0 / norm), g)
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    a, b = 1 - 0.9 ** (t + 1), 1 - 0.999 ** (t + 1)
    net = jax.tree.map(lambda w, m, v: w - 1e-3 * (m / a) / (jnp.sqrt(v / b) + 1e-8), net, m, v)
    return net, m, v, value


net = init(jax.random.PRNGKey(0))
m = jax.tree.map(jnp.zeros_like, net)
v = jax.tree.map(jnp.zeros_like, net)
start = time.perf_counter()
net, m, v, value = step(net, m, v, 0)
value.block_until_ready()
first = time.perf_counter() - start
times, cpu = [], []
for t in range(1, steps + 6):
    start, used = time.perf_counter(), time.process_time()
    net, m, v, value = step(net, m, v, t)
    value.block_until_ready()
    times.append(time.perf_counter() - start)
    cpu.append(time.process_time() - used)
print(f"{1e3 * statistics.median(times[5:]):.3f} {1e3 * min(times[5:]):.3f} {1e3 * statistics.median(cpu[5:]):.3f} ms/step (median, fastest, median of processor time), first step {first:.2f} s")
