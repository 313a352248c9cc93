"""Steps of training programs, worked out by hand: what an update is to the derivatives after it, what is repeated, when and
which weights move, what clipping does at its ends, which states are kept. All weights are 1.
"""
import json
import os
import struct
import tempfile

from answers import CODES, FOLDER, REFUSED, check, done, near, ordo, path, refused

CODES |= {"E0117", "E0222", "E0228", "E0303"}
NAN, INF = float("nan"), float("inf")
PARTS = """import optimizers
layer One { w: f32 ~ ones; fn (x: f32[B]) -> f32[B] { x * w } }
layer Two {
  a: f32[2] ~ ones
  b: f32[2] ~ ones
  fn (x: f32[2], y: f32[2]) -> f32 { sum(a * x) + sum(b * y) }
}
optimizer plain(lr = 0.1) { fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g } }
optimizer heavy(lr = 0.1, beta = 0.5) {
  v: f32[..] ~ zeros
  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { v = beta * v + g; w - lr * v }
}
"""


def checkpoint(folder):
    with open(os.path.join(folder, "checkpoint.safetensors"), "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    part = lambda t: data[8 + size + t["data_offsets"][0]:8 + size + t["data_offsets"][1]]
    return {name: struct.unpack(f"<{len(part(t)) // 4}f", part(t)) for name, t in header.items()
            if name != "__metadata__" and t["dtype"] == "F32"}


def step(body, want, models="net = One", steps=1, more=""):
    """The weights, states and last logs after so many steps."""
    text = (PARTS + more + "train t {\n" + models.replace("; ", "\n") + f"\nsteps = {steps}\nstep {{\n" + body.replace("; ", "\n")
            + "\n}\n}\n")
    spec = path("m.ordo", text)
    for level in ("--level=2", "--level=0"):
        with tempfile.TemporaryDirectory(dir=FOLDER.name) as out:
            result = ordo("train", "--threads=1", "-q", "--log-every=1", level, "--out", out + "/r", spec, "t")
            name = f"{more}{models}: {body} {level}"
            if want is REFUSED or result.returncode:
                check(name, want is REFUSED and refused(result), result.stderr, want)
                continue
            found = checkpoint(out + "/r")
            with open(out + "/r/metrics.jsonl") as rows:
                for row in rows:
                    found.update({k: (float(v),) for k, v in json.loads(row).items() if k not in ("step", "section")})
            for key, value in want.items():
                got = found.get(key)
                check(f"{name}: {key}", got is not None and near(got, value if isinstance(value, list) else [value]), got, value)


# ---- an update is a constant for later derivatives, and its weights are new ones ----

X = "x = ones(4); "
step(X + "minimize mean(a(x) ** 2) over a with plain; minimize mean(b(a(x))) over b with plain; "
     "minimize mean(c(b(a(x)))) over c with plain", {"a.w": .8, "b.w": .92, "c.w": 1 - .1 * .8 * .92}, "a = One; b = One; c = One")
step(X + "minimize mean(net(x) ** 2) over net with plain; minimize mean(net(x) ** 2) over net with plain", {"net.w": .64})
step(X + "l = mean(net(x) ** 2); minimize l over net with plain; minimize l over net with plain", REFUSED)
step(X + "y = net(x); minimize mean(y ** 2) over net with plain; g = grad(mean(y ** 2) + mean(net(x)), net.w); log g", {"g": 1})
step("before = net.w; minimize mean(net(ones(4)) ** 2) over net with plain; d = net.w - before; "
     "g = grad(d * mean(net(ones(4))), net.w); log d, g", {"d": -.2, "g": .6})
step(X + "minimize mean(fast(x) ** 2) + mean(net(x) * fast(x)) over fast with plain through; minimize mean(fast(x) ** 2) over net "
     "with plain", {"fast.w": .7, "net.w": 1.014}, "net = One; fast = One")
step(X + "move fast to net with copy through; repeat 2 { minimize mean(fast(x) ** 2) over fast with plain through }; "
     "minimize mean(fast(x) ** 2) over net with plain", {"net.w": 1 - .2 * .64 * .64}, "net = One; fast = One")
step(X + "move fast to net with copy through; repeat 2 { minimize mean(fast(x) ** 2) over fast with heavy through }; "
     "minimize mean(fast(x)) over net with plain", {"net.w": 1 - .1 * .54}, "net = One; fast = One")
step(X + "move teacher to net with ema(decay = 0.5); minimize mean((2 * net(x) - teacher(x)) ** 2) over net with plain",
     {"net.w": .6}, "net = One; teacher = One frozen")
step(X + "minimize mean((2 * net(x) - teacher(x)) ** 2) over net with plain; move teacher to net with copy",
     {"net.w": .6, "teacher.w": .6}, "net = One; teacher = copy of net frozen")
step(X + "minimize mean(teacher(x)) over teacher with plain", REFUSED, "net = One; teacher = One frozen")
step(X + "g = grad(sum(teacher(x) ** 2), x); log g = g[0]", {"g": 2}, "net = One; teacher = One frozen")
step("minimize mean(a(b(ones(4)))) over a, b with plain", {"a.w": .9, "b.w": .9}, "a = One; b = One")

# ---- every, when, repeat ----

step(X + "minimize mean(net(x) ** 2) over net with plain every 2", {"net.w": .8}, steps=2)
step(X + "minimize mean(net(x) ** 2) over net with plain every 2; minimize mean(b(net(x))) over b with plain",
     {"net.w": .8, "b.w": .82}, "net = One; b = One", 2)
step(X + "minimize mean(net(x)) over net with heavy when step != 1", {"net.w": 1 - .1 - .15}, steps=3)
step(X + "minimize mean(d(x)) over d with plain when step > 5; minimize mean(d(g(x))) over g with plain", {"d.w": 1, "g.w": .9},
     "d = One; g = One")
step("y = net(ones(4)); repeat 2 { minimize mean(y * net(ones(4))) over net with plain }", {"net.w": .7})
step("repeat k in 3 { minimize f32(i32(k)) * mean(net(ones(4))) over net with plain }", {"net.w": .7})
step("repeat k in 3, s = 0.0 { s = s + mean(net(ones(4))); minimize mean(net(ones(4))) over net with plain }; log s",
     {"net.w": .7, "s": 2.7})
step("repeat k in 2, s = 0.0 { s = s + mean(net(ones(4))); minimize s over net with plain }", {"net.w": .8})
step("repeat 2 { repeat 2 { minimize mean(net(ones(4))) over net with plain } }", {"net.w": .6})
step("repeat k in 10, s = 1.0 until s < 0.75 { minimize mean(net(ones(4))) over net with plain; s = mean(net(ones(4))) }; log s",
     {"net.w": .7, "s": .7})

# ---- what is kept: states of the program and of layers; a weight is neither ----

step("s = s + 1; minimize s * mean(net(ones(4))) over net with plain", {"net.w": .7}, "net = One; s: f32 ~ zeros", 2)
step("s = mean(net(ones(4))); minimize s * mean(net(ones(4))) over net with plain", {"net.w": .8}, "net = One; s: f32 ~ zeros")
KEEPS = """layer Keeps {
  state m: f32 ~ zeros
  w: f32 ~ ones
  fn (x: f32[B]) -> f32[B] { %s; x * w }
  fn twice(x: f32[B]) -> f32[B] { self(self(x)) }
}
"""
for change, body, want in (
        ("m = m + 1", "y = net(ones(4)); z = net(ones(4))", 2), ("(m, k) = (4.0, 2)", "y = net(ones(4))", 4),
        ("for i in 3 { m = m + 1 }", "y = net(ones(4))", 3), ("if training { m = m + 1 }", "y = net(ones(4))", 1),
        ("m = m + 1", "repeat t in 3 { y[t, :] = net(ones(4)) }", 3), ("m = m + 1", "y = net.twice(ones(4))", 2),
        ("scan t in 3 { m = m + 1 }", "y = net(ones(4))", REFUSED), ("m = m + 1", "scan t in 3 { y[t, :] = net(ones(4)) }", REFUSED)):
    step(body + "; log m = net.m", want if want is REFUSED else {"m": want, "net.m": want}, "net = Keeps", more=KEEPS % change)
step("y = net(ones(4)); log m = net.m", {"m": 0}, "net = Keeps frozen", more=KEEPS % "m = m + 1")
step("y = net(full(2, 4)); g = grad(mean(net(ones(4))) + net.m, net.w); log g", {"g": 1}, "net = Keeps", more=KEEPS % "m = m + w")
LOSES = "layer Loses { m: f32 ~ zeros; w: f32 ~ ones; fn (x: f32[B]) -> f32[B] { %s; x * w } }\n"
for change in ("m = m + 1", "(m, k) = (m + 1, 2)", "scan t in 2, m = m { m = m + 1 }", "for i in 2 { m = m + 1 }",
               "if true { m = m + 1 }", "m[b] = x[b]"):
    step("minimize mean(net(ones(4))) over net with plain", REFUSED, "net = Loses", more=LOSES % change)

# ---- clipping: no length is computed unless it is needed, and none overflows or vanishes ----

for size, rule, a, b in (("1e20", "sgd(lr = 0.5)", -5e19, .5), ("1e20", "sgd(lr = 1, clip_norm = 1)", 1 - .5**.5, 1),
                         ("1e-30", "sgd(lr = 1e30, clip_norm = 1)", 0, 1), ("nan", "sgd(lr = 0.5)", NAN, .5),
                         ("nan", "sgd(lr = 0.5, clip_norm = 1)", NAN, 1), ("inf", "sgd(lr = 0.5)", -INF, .5),
                         ("inf", "sgd(lr = 0.5, clip_norm = 1)", None, 1), ("2", "sgd(lr = 0.5, clip_norm = 0)", 1, 1)):
    other = "zeros" if size == "1e-30" else "ones"
    want = {"net.b": [b] * 2} | ({} if a is None else {"net.a": [a] * 2})
    step(f"minimize net(full({size}, 2), {other}(2)) over net with {rule}", want, "net = Two()")
for rule in ("sgd(clip_norm = -1)", "sgd(clip_norm = nan)", "sgd(lr = -1)", "adam(beta1 = 1)", "adam(eps = nan)"):
    step(f"minimize net(ones(2), ones(2)) over net with {rule}", REFUSED, "net = Two()")
done()
