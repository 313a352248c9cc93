"""The weights of train.ordo, computed by central differences in Python.

usage: train.py FOLDER     ORDO names the command; runs are written to FOLDER
"""
import json
import math
import os
import struct
import subprocess
import sys

ORDO = os.environ["ORDO"]
HERE = os.path.dirname(os.path.abspath(__file__))


def run(program, folder):
    """The weights and states after the run, and its rows of metrics."""
    out = os.path.join(folder, program)
    spec = os.path.join(HERE, "train.ordo")
    r = subprocess.run([ORDO, "train", "-q", "-t", "1", "--log-every", "1", "--out", out, spec, program],
                       capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{program}: {r.stderr}")
    with open(os.path.join(out, "checkpoint.safetensors"), "rb") as f:
        n = struct.unpack("<Q", f.read(8))[0]
        head, data = json.loads(f.read(n)), f.read()
    values = {}
    for name, t in head.items():
        if name != "__metadata__" and t["dtype"] == "F32":
            begin, end = t["data_offsets"]
            values[name] = list(struct.unpack(f"<{(end - begin) // 4}f", data[begin:end]))
    with open(os.path.join(out, "metrics.jsonl")) as f:
        return values, [json.loads(line) for line in f]


# ---- the layers of train.ordo; weights are flat lists, row by row ----

def wave(i, o, a):
    return [a * math.sin(2 * x + y + 1) for x in range(i) for y in range(o)]


def mapped(x, w, o):
    return [[sum(row[i] * w[i * o + k] for i in range(len(row))) for k in range(o)] for row in x]


def score(x, net):
    hidden = [[math.tanh(v) for v in row] for row in mapped(x, net[0], 3)]
    return [row[0] for row in mapped(hidden, net[1], 1)]


def slopes(x, net):
    """The derivative of the score by x."""
    w, v = net
    out = []
    for row in mapped(x, w, 3):
        d = [v[h] * (1 - math.tanh(row[h]) ** 2) for h in range(3)]
        out.append([sum(d[h] * w[i * 3 + h] for h in range(3)) for i in range(2)])
    return out


def new_score(a):
    return [wave(2, 3, a), wave(3, 1, a)]


def noise(k):
    return [[math.sin(2 * b + i + 1 + k) for i in range(2)] for b in range(5)]


def truth(k):
    return [[math.cos(b + 3 * i + k) for i in range(2)] for b in range(5)]


def mean(x):
    return sum(x) / len(x)


# ---- derivatives and updates ----

def differences(loss, net, eps=1e-5):
    """The derivatives of loss(net) by each number of a list of lists."""
    out = []
    for k, w in enumerate(net):
        out.append([])
        for i in range(len(w)):
            sides = []
            for e in (eps, -eps):
                moved = [list(v) for v in net]
                moved[k][i] += e
                sides.append(loss(moved))
            out[-1].append((sides[0] - sides[1]) / (2 * eps))
    return out


def added(net, change, factor):
    return [[w + factor * d for w, d in zip(a, b)] for a, b in zip(net, change)]


def clipped(g, limit):
    norm = math.sqrt(sum(v * v for part in g for v in part))
    return [[v * min(1, limit / norm) for v in part] for part in g]


# ---- the programs ----

def gan():
    gen, disc = [wave(2, 2, 0.5)], new_score(0.7)
    for k in range(3):
        fake = mapped(noise(k), gen[0], 2)
        d_loss = lambda d: mean([y ** 2 for y in score(fake, d)]) + mean([(y - 1) ** 2 for y in score(truth(k), d)])
        disc = added(disc, clipped(differences(d_loss, disc), 0.2), -0.1)
        g_loss = lambda g: mean([(y - 1) ** 2 for y in score(mapped(noise(k), g[0], 2), disc)])
        gen = added(gen, differences(g_loss, gen), -0.2)
    return {"gen.W": gen[0], "disc.hidden.W": disc[0], "disc.out.W": disc[1]}


def wgan_gp():
    gen, disc = [wave(2, 2, 0.5)], new_score(0.7)
    for k in range(3):
        fake, real = mapped(noise(k), gen[0], 2), truth(k)
        between = [[0.3 * r + 0.7 * f for r, f in zip(a, b)] for a, b in zip(real, fake)]

        def d_loss(d):
            steep = [math.sqrt(sum(v * v for v in row)) - 1 for row in slopes(between, d)]
            return mean(score(fake, d)) - mean(score(real, d)) + 2 * mean([v * v for v in steep])

        for _ in range(2):
            disc = added(disc, clipped(differences(d_loss, disc), 1), -0.05)
        gen = added(gen, differences(lambda g: -mean(score(mapped(noise(k), g[0], 2), disc)), gen), -0.2)
    return {"gen.W": gen[0], "disc.hidden.W": disc[0], "disc.out.W": disc[1]}


def teacher():
    net, old, v = new_score(0.7), new_score(0.4), [[0.0] * 6, [0.0] * 3]
    follow = lambda decay: added([[decay * w for w in a] for a in old], net, 1 - decay) if k else net  # 0: a copy
    for k in range(3):
        old = follow(0.5)
        loss = lambda n: mean([(2 * a - b) ** 2 for a, b in zip(score(truth(k), n), score(noise(k), old))])
        v = added(differences(loss, net), v, 0.5)
        net = added(net, v, -0.05)
        old = follow(0.9)
    return {"net.hidden.W": net[0], "net.out.W": net[1], "old.hidden.W": old[0], "old.out.W": old[1]}


def maml():
    net, v, fast = new_score(0.7), [[0.0] * 6, [0.0] * 3], None
    for k in range(2):
        inner = lambda n: mean([(y - 1) ** 2 for y in score(truth(k), n)])

        def adapted(n, state):
            for _ in range(2):
                state = added(differences(inner, n, 1e-4), state, 0.5)
                n = added(n, state, -0.2)
            return n, state

        outer = lambda n: mean([(y + 1) ** 2 for y in score(noise(k), adapted(n, v)[0])])
        g = differences(outer, net, 1e-3)
        fast, v = adapted(net, v)
        net = added(net, g, -0.1)
    return {"net.hidden.W": net[0], "net.out.W": net[1], "fast.hidden.W": fast[0], "fast.out.W": fast[1]}


def near(a, b):
    return len(a) == len(b) and all(abs(x - y) <= 1e-5 + 2e-5 * abs(y) for x, y in zip(a, b))


def main():
    wrong = 0
    for program in (gan, wgan_gp, teacher, maml):
        values, _ = run(program.__name__, sys.argv[1])
        for name, wanted in program().items():
            if not near(values[name], wanted):
                wrong += 1
                print(f"{program.__name__}: {name} is {values[name]}, by differences {wanted}")
    (looped, rows), (written, texts) = run("loop", sys.argv[1]), run("text", sys.argv[1])
    for row, text in zip(rows, texts):
        names = ("z", "s", "q")
        if not near([row[n] for n in names], [text[n] for n in names]):
            wrong += 1
            print(f"repeat: {row}, written out {text}")
    for name in ("a.W", "b.W", "s"):
        if not near(looped[name], written[name]):
            wrong += 1
            print(f"repeat: {name} is {looped[name]}, written out {written[name]}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
