#!/usr/bin/env python3
"""Models of ONNX written byte by byte, as no export of Ordo writes them: what the import makes of them gives these numbers, or they
are refused with these words. Needs no package. usage: onnx_by_hand.py ORDO"""
import json, math, os, struct, subprocess, sys, tempfile

ORDO = os.path.abspath(sys.argv[1])
FLOAT, UINT8, INT8, INT32, INT64, BOOL, UINT64 = 1, 2, 3, 6, 7, 9, 13
failed = 0


# ---- fields of protocol buffers ----

def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n > 127: out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int): return varint(number << 3) + varint(value)
    if isinstance(value, float): return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, str): value = value.encode("latin1")
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(number, values): return b"".join(field(number, v) for v in values)
def dim(d): return field(1, field(1, d) if isinstance(d, int) else field(2, d) if d else b"")
def info(name, elem, *dims): return field(1, name) + field(2, field(1, field(1, elem) + field(2, b"".join(dim(d) for d in dims))))


def tensor(name, elem, dims, values, typed=None):
    """typed: the number of the field that the numbers stand in; else they are raw bytes."""
    form = {FLOAT: "<f", UINT8: "<B", INT32: "<i", INT64: "<q"}
    data = fields(typed, values) if typed else field(9, b"".join(struct.pack(form[elem], v) for v in values))
    return fields(1, dims) + field(2, elem) + field(8, name) + data


def attr(name, v):
    if isinstance(v, int): return field(1, name) + field(3, v) + field(20, 2)
    if isinstance(v, str): return field(1, name) + field(4, v) + field(20, 3)
    return field(1, name) + fields(8, v) + field(20, 7)


def node(op, inputs, outputs, **attrs):
    return fields(1, inputs) + fields(2, outputs) + field(3, "the " + op) + field(4, op) + fields(5, [attr(k, v) for k, v in attrs.items()])


def model(nodes, inputs, outputs, tensors=(), functions=(), opset=17):
    graph = fields(1, nodes) + field(2, "g") + fields(5, tensors) + fields(11, inputs) + fields(12, outputs)
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, opset)) + fields(25, functions)


# ---- checks ----

def flat(v): return sum((flat(x) for x in v), []) if isinstance(v, list) else [float(v)]


def fail(name, why):
    global failed
    failed = 1
    print(f"FAILED: {name}: {why}")


def imported(bytes, *options):
    with open("net.onnx", "wb") as out: out.write(bytes)
    for old in ("net.ordo", "net.safetensors", "out.json"):
        if os.path.exists(old): os.remove(old)
    done = subprocess.run([ORDO, "import", "net.onnx", "-o", "net.ordo", *options], capture_output=True, text=True, errors="replace")
    return done.returncode, done.stdout + done.stderr


def gives(name, bytes, arguments, wanted, *options, says=()):
    """says: what stands in the text."""
    code, said = imported(bytes, *options)
    if code: return fail(name, f"exit code {code}: {said}")
    weights = ["--weights", "net.safetensors"] if os.path.exists("net.safetensors") else []
    done = subprocess.run([ORDO, "run", "net.ordo", "Net", *map(json.dumps, arguments), *weights, "--out", "out.json"], capture_output=True, text=True)
    text = open("net.ordo").read()
    if done.returncode: return fail(name, done.stdout + done.stderr + text)
    got, right = flat(list(json.load(open("out.json")).values())), flat(wanted)
    if len(got) != len(right) or not all(abs(a - b) <= 1e-5 * max(1, abs(b)) for a, b in zip(got, right)):
        fail(name, f"{got} instead of {right}\n{text}")
    for words in says:
        if words not in text: fail(name, f"no '{words}' in\n{text}")


def refused(name, bytes, words, *options):
    code, said = imported(bytes, *options)
    if code != 1 or words not in said: fail(name, f"exit code {code}, no '{words}': {said}")
    if os.path.exists("net.ordo"): fail(name, "something was written")


# ---- norms ----

def norms():
    x = [[1.0, 2.0, 4.0], [3.0, 7.0, -2.0]]
    mean = sum(flat(x)) / 6
    far = math.sqrt(sum((v - mean) ** 2 for v in flat(x)) / 6)
    gives("axes from behind", model([node("MeanVarianceNormalization", ["x"], ["y"], axes=[0, -1])], [info("x", FLOAT, 2, 3)], [info("y", FLOAT, 2, 3)]),
          [x], [[(v - mean) / far for v in row] for row in x])
    refused("an axis that is not there", model([node("MeanVarianceNormalization", ["x"], ["y"], axes=[2])], [info("x", FLOAT, 2, 3)], [info("y", FLOAT, 2, 3)]),
            "has no axis 2")


# ---- integers that wrap around ----

def narrow():
    """What only picks or moves them hands on that they are narrow; a cast ends it."""
    for op, attrs, shape in (("ReduceMax", {"keepdims": 0}, [2, 4]), ("ReduceMin", {"axes": [1]}, [2, 4]), ("ReduceMax", {}, [1]),
                             ("SpaceToDepth", {"blocksize": 2}, [1, 1, 2, 2]), ("DepthToSpace", {"blocksize": 2}, [1, 4, 1, 1]),
                             ("Transpose", {}, [2, 4]), ("Flatten", {}, [2, 4])):
        for elem in (UINT8, INT8):
            refused(f"{op} of narrow integers", model([node(op, ["x"], ["c"], **attrs), node("Add", ["c", "c"], ["y"])], [info("x", elem, *shape)], [info("y", elem)]),
                    "whose numbers wrap around")
    gives("a cast to wider ones", model([node("Cast", ["x"], ["c"], to=INT32), node("Add", ["c", "c"], ["y"])], [info("x", UINT8, 2)], [info("y", INT32, 2)]),
          [[200, 3]], [400, 6])
    refused("a cast to narrower ones", model([node("Cast", ["x"], ["y"], to=UINT8)], [info("x", INT32, 2)], [info("y", UINT8, 2)]), "makes uint8")
    y = info("y", INT32, 1)
    for elem, typed, value in ((INT32, 7, 2147483648), (INT32, 7, -2147483649), (UINT64, 11, 2147483648), (UINT64, 11, 2 ** 64 - 1)):
        refused(f"{value} for i32", model([node("Identity", ["c"], ["y"])], [info("x", INT32, 1)], [y], [tensor("c", elem, [1], [value], typed)]),
                "i32 does not hold")
    gives("the largest of i32", model([node("Identity", ["c"], ["y"])], [info("x", INT32, 1)], [y], [tensor("c", INT32, [1], [2147483647], typed=5)]),
          [[0]], [2147483647])
    for elem, typed in ((INT32, 5), (INT64, 7), (BOOL, 5)):
        for values in ([1], [1, 2, 3]):
            refused(f"{len(values)} numbers for 2", model([node("Identity", ["c"], ["y"])], [info("x", elem, 2)], [info("y", elem, 2)], [tensor("c", elem, [2], values, typed)]),
                    "not as many numbers as its shape says")


# ---- Einstein's sums ----

def einsum(equation, *shapes, names="abcdefghijklmnopq", out=()):
    return model([node("Einsum", list(names[:len(shapes)]), ["y"], equation=equation)], [info(n, FLOAT, *shape) for n, shape in zip(names, shapes)], [info("y", FLOAT, *out)])


def sums():
    a, b = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[1.0, -1.0], [2.0, 0.5], [0.0, 3.0]]
    product = [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]
    for names in ("ab", "ik", "ji", "AB", "bc"): # values called as the letters are
        for equation in ("ab,bc->ac", " i j , jk -> ik", "ij,jk", "Ab,bC->AC"):
            gives(f"{equation} of {names}", einsum(equation, (2, 3), (3, 2), names=names, out=(2, 2)), [a, b], product)
    gives("dots", einsum("...ij,...jk->...ik", (1, 2, 3), (1, 3, 2), out=(1, 2, 2)), [[a], [b]], [product])
    gives("dots without an arrow", einsum("...ij,jk", (1, 2, 3), (3, 2), out=(1, 2, 2)), [[a], b], [product])
    gives("upper ones come first", einsum("aB", (2, 3), out=(3, 2)), [a], [list(c) for c in zip(*a)])
    gives("a trace", einsum("ii", (2, 2)), [[[1.0, 2.0], [3.0, 4.0]]], 5)
    for equation in ("\1->\1", "1->1", "i->i]", "i=>i", ".i->i", "i-i", "\xe9->\xe9"):
        refused(repr(equation), einsum(equation, (2,), out=(2,)), "cannot be read")
    for equation in ("ij->i", "i,j->i", "i->j", "i->ii", "i->i->i", "i->i,i", "ijklmnopqrstuvwxyz->i", "i->abcdefghijklmnopqrstu", ""):
        refused(equation, einsum(equation, (2,), out=(2,)), "does not fit")
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    refused("more indices than there are", einsum(",".join(letters[k:k + 16] for k in range(0, 36, 4)) + "->", *[[1] * 16] * 9), "does not fit")


# ---- shapes ----

def moved():
    """Of what the file holds, and what is known before anything runs."""
    x, y = [[1.0, 2.0, 3.0]], info("y", FLOAT, "B", 2)
    small = tensor("W", FLOAT, [2, 3], range(6))
    gives("a small weight turned", model([node("Transpose", ["W"], ["t"], perm=[1, 0]), node("MatMul", ["x", "t"], ["y"])], [info("x", FLOAT, "B", 3)], [y], [small]),
          [x], [[8, 26]])
    gives("a small weight, flat", model([node("Flatten", ["W"], ["t"], axis=0), node("MatMul", ["x", "t"], ["y"])], [info("x", FLOAT, "B", 1)], [y], [small]),
          [[[2.0]]], [[0, 2, 4, 6, 8, 10]])
    numbers = tensor("c", INT64, [2, 6], range(12))
    gives("known numbers, flat", model([node("Flatten", ["c"], ["f"], axis=0), node("Squeeze", ["f"], ["s"]), node("Add", ["x", "s"], ["y"])], [info("x", INT64, 12)], [info("y", INT64, 12)],
          [numbers], opset=11), [[0] * 12], list(range(12)))
    for shape in ([4000], [3], [-1, -1], [-2, -1], [5, -1], [0, 3, -1]):
        refused(f"known numbers as {shape}", model([node("Reshape", ["c", "s"], ["r"]), node("Add", ["r", "r"], ["y"])], [info("x", INT64, 1)], [info("y", INT64)],
                [tensor("c", INT64, [2], [1, 2]), tensor("s", INT64, [len(shape)], shape)]), "has a shape that")
    refused("an input as [4]", model([node("Reshape", ["x", "s"], ["y"])], [info("x", FLOAT, 2, 3)], [info("y", FLOAT, 4)], [tensor("s", INT64, [1], [4])]),
            "not known to hold as many elements")
    x, y = info("x", FLOAT, 4), info("y", FLOAT, 6)
    refused("borders from two places", model([node("Pad", ["x", "p"], ["y"], pads=[1, 1])], [x, info("p", INT64, 2)], [y]), "not known before it runs")
    refused("borders that are not whole", model([node("Pad", ["x", "p"], ["y"])], [x], [y], [tensor("p", FLOAT, [2], [1, 1])]), "not known before it runs")
    for n in (1, 3, 33):
        refused(f"{n} borders", model([node("Pad", ["x", "p"], ["y"])], [x], [y], [tensor("p", INT64, [n], [1] * n)]), "a wrong number of borders")
    refused("an empty axis", model([node("CumSum", ["x", "a"], ["y"])], [x], [x], [tensor("a", INT64, [0], [])]), "has an axis that is not known")


# ---- parts that repeat ----

W = {"W0": [[1.0, -1.0], [0.5, 2.0]], "W1": [[0.5, 1.0], [-1.0, 1.5]], "W2": [[2.0, 0.5], [1.0, -0.5]], "W3": [[1.0, 0.25], [0.5, 1.0]]}


def by(x, w): return [[sum(a * b for a, b in zip(row, column)) for column in zip(*W[w])] for row in x]


def turns(*pairs, before=None, behind=None):
    """A turn: x + tanh(x by its first weight) by its second one."""
    nodes, x, v = [], "x", [[0.5, -0.25], [1.0, 0.125]]
    given = v
    def multiply(w):
        nonlocal x, v
        nodes.append(node("MatMul", [x, w], [x + w]))
        x, v = x + w, by(v, w)
    if before: multiply(before)
    for k, (a, b) in enumerate(pairs):
        nodes += [node("MatMul", [x, a], [f"u{k}"]), node("Tanh", [f"u{k}"], [f"t{k}"]), node("MatMul", [f"t{k}", b], [f"d{k}"]),
                  node("Add", [x, f"d{k}"], [f"x{k}"])]
        down = by([[math.tanh(c) for c in row] for row in by(v, a)], b)
        x, v = f"x{k}", [[p + q for p, q in zip(*rows)] for rows in zip(v, down)]
    if behind: multiply(behind)
    nodes.append(node("Neg", [x], ["y"]))
    tensors = [tensor(name, FLOAT, [2, 2], flat(w)) for name, w in W.items()]
    return model(nodes, [info("x", FLOAT, 2, 2)], [info("y", FLOAT, 2, 2)], tensors), [given], [[-c for c in row] for row in v]


def repeats():
    """One weight is one member of one turn: where it is not, there is no array of layers, or one with fewer turns."""
    gives("two turns", *turns(("W0", "W1"), ("W2", "W3")), says=["for each in"])
    gives("a weight of all turns", *turns(("W0", "W1"), ("W2", "W1")), says=["for each in"])
    gives("a weight of all turns outside", *turns(("W0", "W1"), ("W2", "W1"), behind="W1"), says=["for each in"])
    for pairs in ((("W0", "W1"), ("W2", "W3"), ("W2", "W3")), (("W0", "W1"), ("W2", "W3"), ("W0", "W1"), ("W2", "W3")), (("W0", "W1"), ("W2", "W2")),
                  (("W0", "W0"), ("W1", "W2")), (("W0", "W1"), ("W1", "W0")), (("W0", "W1"), ("W1", "W2")), (("W0", "W1"), ("W2", "W1"), ("W2", "W3"))):
        gives(f"turns with {pairs}", *turns(*pairs))
    for w in W:
        gives(f"{w} before", *turns(("W0", "W1"), ("W2", "W3"), before=w))
        gives(f"{w} behind", *turns(("W0", "W1"), ("W2", "W3"), behind=w))


# ---- axes that are given an extent ----

def extents():
    net = model([node("Neg", ["x"], ["y"])], [info("x", FLOAT, "batch", "T")], [info("y", FLOAT, "batch", "T")])
    gives("by letter and by name", net, [[[1.0, 2.0]]], [-1, -2], "-D", "T=2", "-D", "batch=1", says=["f32[1, 2]"])
    gives("the last one counts", net, [[[1.0, 2.0]]], [-1, -2], "-D", "T=3", "-D", "T=2", says=["f32[B, 2]"])
    for define in ("Q=3", "T=abc", "T=", "T=-1", "T=99999999999999999999", "bat=3", "T=3x"):
        refused(define, net, f"-D {define} gives no open axis", "-D", define)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        norms()
        sums()
        moved()
        narrow()
        repeats()
        extents()
        os.chdir("/")
    print("FAILED" if failed else "passed")
    return failed


sys.exit(main())
