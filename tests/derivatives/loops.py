"""Derivatives inside of loops against central differences: random functions.

Each function has values computed before its loops, one to three loops in each other (reversed, with a stop condition),
carries, parts, a function that is called, and, in two of five, a loss that is a derivative itself. 'der' collects
grad(l, (w, u)) where 'val' collects l; w and u are parameters of the whole. All in f64.

usage: loops.py FIRST COUNT     ORDO names the command
"""
import json
import os
import random
import subprocess
import sys
import tempfile

ORDO = os.environ["ORDO"]
HELPER = "fn mix(a: f64[N], s: f64) -> f64[N] { tanh(a * s) + 0.3 * a }\n"
EPS = 1e-5


class Program:
    """The statements of a function; '@' stands where the loss is collected or differentiated."""

    def __init__(self, seed):
        self.rnd = random.Random(seed)
        self.second = self.rnd.random() < 0.4
        self.loops = []
        self.lines = []
        vectors, scalars, tables = ["w"], ["u"], ["x"]
        for i in range(self.rnd.randrange(4)):
            self.before(i, vectors, scalars, tables)
        self.depth = self.rnd.choice([1, 1, 2, 2, 3])
        self.lines += self.loop(vectors, scalars, tables, 0)

    def vector(self, vectors, scalars, depth=2):
        if depth == 0 or self.rnd.random() < 0.25:
            return self.rnd.choice(vectors)
        v = lambda: self.vector(vectors, scalars, depth - 1)
        s = lambda: self.scalar(vectors, scalars, depth - 1)
        return self.rnd.choice([
            lambda: f"tanh({v()})", lambda: f"sin({v()})", lambda: f"({v()} * {v()})", lambda: f"({v()} + 0.5 * {v()})",
            lambda: f"({s()} * {v()})", lambda: f"mix({v()}, {s()})", lambda: f"(0.7 * {v()})"])()

    def scalar(self, vectors, scalars, depth=2):
        if depth == 0 or self.rnd.random() < 0.3:
            return self.rnd.choice(scalars)
        v = lambda: self.vector(vectors, scalars, depth - 1)
        s = lambda: self.scalar(vectors, scalars, depth - 1)
        return self.rnd.choice([
            lambda: f"sin({s()})", lambda: f"sum({v()})", lambda: f"({s()} * {s()})", lambda: f"mean({v()} * {v()})",
            lambda: f"tanh({s()})"])()

    def before(self, i, vectors, scalars, tables):
        kind = self.rnd.randrange(4)
        if kind == 0:
            self.lines.append(f"a{i} = {self.vector(vectors, scalars)}")
            vectors.append(f"a{i}")
        elif kind == 1:
            self.lines.append(f"b{i} = {self.scalar(vectors, scalars)}")
            scalars.append(f"b{i}")
        elif kind == 2:
            self.lines.append(f"y{i}[i, j] = sin({self.rnd.choice(tables)}[i, j] * {self.rnd.choice(vectors)}[j]) * "
                              f"{self.rnd.choice(scalars)}")
            tables.append(f"y{i}")
        else:
            first = self.vector(vectors, scalars)
            self.lines.append(f"scan q in 2, a{i} = {first} {{ a{i} = {self.vector(vectors + [f'a{i}'], scalars)} }}")
            vectors.append(f"a{i}")

    def loop(self, vectors, scalars, tables, level):
        rnd, t = self.rnd, "tpq"[level] + "x"
        extent = ["T", "3", "2"][level]
        self.loops.append((t, extent))
        carries, v, s = [], list(vectors), list(scalars)
        for n in range(rnd.randrange(3)):
            if rnd.random() < 0.6:
                carries.append((f"h{level}{n}", self.vector(vectors, scalars), self.vector))
                v.append(f"h{level}{n}")
            else:
                carries.append((f"k{level}{n}", self.scalar(vectors, scalars), self.scalar))
                s.append(f"k{level}{n}")
        head = f"scan {t} in {extent}" + (" reversed" if rnd.random() < 0.25 else "")
        head += "".join(f", {name} = {first}" for name, first, _ in carries)
        stops = rnd.random() < 0.2
        if stops:
            head += f", {t}c = f64(0.0) until {t}c > 1"
        if level == 0:
            v += [f"{table}[{t}, :]" for table in tables if rnd.random() < 0.6]
        update = lambda: [f"{name} = {make(v, s)}" for name, _, make in carries if rnd.random() < 0.8]
        body = update() if rnd.random() < 0.5 else []
        body += self.loss(v, s) if level + 1 == self.depth else self.loop(v, s, tables, level + 1)
        body += update() if rnd.random() < 0.7 else []
        if stops:
            body.append(f"{t}c = {t}c + 0.6")
        return [head + " {"] + ["  " + line for line in body] + ["}"]

    def loss(self, v, s):
        lines = [f"l = {self.scalar(v, s, 3)} + {self.rnd.choice(s)} * sum({self.rnd.choice(v)})"]
        if self.second and self.rnd.random() < 0.7:
            lines.append(f"l = sum(grad(l + u * sum(w * w), w) * {self.vector(v, s)})")
        elif self.second:
            lines.append(f"l = {self.rnd.choice(s)} * grad(l + u * u * sum(w), u)")
        return lines + ["@"]

    def text(self, derivative):
        places = ", ".join(t for t, _ in self.loops)
        dims = ", ".join(extent for _, extent in self.loops)
        result = "(A, B)" if derivative else "L"
        kind = f"(f64[{dims}, 3], f64[{dims}])" if derivative else f"f64[{dims}]"
        out = [f"fn {'der' if derivative else 'val'}(w: f64[3], u: f64, x: f64[T, 3]) -> {kind} {{"]
        for line in self.lines:
            at = line.find("@")
            if at < 0:
                out.append("  " + line)
            elif derivative:
                out += ["  " + line[:at] + rest for rest in
                        ("(gw, gu) = grad(l + 0.0 * u * sum(w), (w, u))", f"A[{places}, :] = gw", f"B[{places}] = gu")]
            else:
                out.append("  " + line[:at] + f"L[{places}] = l")
        return "\n".join(out + [f"  {result}", "}", ""])

    def points(self):
        """A function that calls 'val' at many points, so that it is compiled once."""
        dims = ", ".join(extent for _, extent in self.loops)
        return (f"fn points(w: f64[P, 3], u: f64[P], x: f64[T, 3]) -> f64[P, {dims}] {{\n"
                f"  scan p in P {{ y[p, {', '.join(':' for _ in self.loops)}] = val(w[p, :], u[p], x) }}\n  y\n}}\n")


def flat(x):
    return [z for y in x for z in flat(y)] if isinstance(x, list) else [float(x)]


def run(spec, function, *args):
    r = subprocess.run([ORDO, "run", "-t", "1", "--json", "--digits", "0", spec, function, *map(json.dumps, args)],
                       capture_output=True, text=True)
    if r.returncode:
        raise RuntimeError(r.stderr)
    return list(json.loads(r.stdout).values())


def check(seed, spec):
    """None, or what differs."""
    program = Program(seed)
    with open(spec, "w") as f:
        f.write(HELPER + program.text(False) + program.points() + program.text(True))
    rnd = random.Random(~seed)
    w, u = [rnd.uniform(-1, 1) for _ in range(3)], rnd.uniform(-1, 1)
    x = [[rnd.uniform(-1, 1) for _ in range(3)] for _ in range(4)]
    ws, us = [], []
    for k in range(8):  # each of four numbers up and down
        step = [EPS * (1 - k % 2 * 2) * (k // 2 == i) for i in range(4)]
        ws.append([a + b for a, b in zip(w, step)])
        us.append(u + step[3])
    by_w, by_u = map(flat, run(spec, "der", w, u, x))
    values = run(spec, "points", ws, us, x)[0]
    for k in range(4):
        wanted = [(a - b) / (2 * EPS) for a, b in zip(flat(values[2 * k]), flat(values[2 * k + 1]))]
        got = by_u if k == 3 else by_w[k::3]
        for i, (a, b) in enumerate(zip(got, wanted)):
            if not abs(a - b) <= 1e-6 + 1e-5 * abs(b):
                return f"{'u' if k == 3 else f'w[{k}]'}, place {i}: got {a}, by differences {b}"
    return None


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            spec = os.path.join(folder, "m.ordo")
            try:
                why = check(seed, spec)
            except RuntimeError as e:
                why = str(e)
            if why:
                wrong += 1
                print(f"seed {seed}: {why}\n{open(spec).read()}")
    print(f"{count} functions, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
