#!/usr/bin/env python3
"""Exported models in ONNX Runtime against Ordo: every function of the models that are named (default: all of models/).

    tests/onnx/compare.py [--ordo ORDO] [--verbose] [--imported] [MODEL[:FUNCTION]]...

Each function is exported with its weights as inputs, inside and beside, checked by the onnx checker, run on random
arguments of several sizes, and compared with 'ordo run'. With --imported the exported models go through 'ordo import' and
'ordo run' instead of ONNX Runtime. Functions that ONNX cannot say are listed with Ordo's reason. Needs
the Python packages onnx, onnxruntime and numpy; exit code 77 where they are missing."""
import argparse, json, math, os, re, struct, subprocess, sys, tempfile

try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as missing:
    print(f"[SKIP] exported models are not run: {missing}")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SIZES = [(3, 5, 4, 6, 7), (1, 1, 1, 1, 1), (2, 7, 3, 5, 4)]
DTYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64}


class Failure(Exception):
    pass


def ordo(*words):
    done = subprocess.run([ARGS.ordo, *words], capture_output=True, text=True)
    if done.returncode:
        raise Failure((done.stderr or done.stdout).strip())
    return done.stdout


def functions_of(model):
    return [line.split()[1] for line in ordo("show", model, "--list").splitlines() if line.startswith("function ")]


def evaluate(text, sizes):
    """An extent as Ordo prints it: B, 2*H + 1, floor(T/2), min(a, b)."""
    text = re.sub(r"floor\(([^()]*)\)", lambda m: "(" + m[1].replace("/", "//") + ")", text)
    return int(eval(text, {"min": min, "max": max, "__builtins__": {}}, sizes))


def symbols_of(texts):
    found = []
    for text in texts:
        for name in re.findall(r"[A-Za-z_][\w.']*", text):
            if name not in found and name not in ("floor", "min", "max"):
                found.append(name)
    return found


class Input:
    def __init__(self, info):
        tensor = info.type.tensor_type
        self.name, self.doc, self.dtype = info.name, info.doc_string, DTYPES.get(tensor.elem_type)
        self.is_weight = self.doc.startswith("weight ")
        self.dims = [d.dim_param or str(d.dim_value) for d in tensor.shape.dim]
        index = re.match(r"<(.*)>(\[|$)", self.doc.removeprefix("weight "))
        self.below = index[1] if index else None

    def draw(self, rng, sizes):
        shape = [evaluate(d, sizes) for d in self.dims]
        if self.doc == "seed":
            return np.array(11, np.int64)
        if self.below is not None:
            return np.asarray(rng.integers(0, evaluate(self.below, sizes), shape), np.int32)
        if self.dtype == np.bool_:
            return np.broadcast_to(np.arange(shape[-1]) < max(1, shape[-1] - 1), shape).copy() if shape else np.array(True)
        if self.dtype == np.int32:
            return np.asarray(rng.integers(0, 4, shape), np.int32)
        scale = 1 / math.sqrt(math.prod(shape[:-1]) or 1) if self.is_weight and len(shape) > 1 else 1
        return np.asarray(rng.standard_normal(shape) * scale).astype(self.dtype).reshape(shape)


def write_checkpoint(path, arrays):
    kinds = {np.dtype(np.float32): "F32", np.dtype(np.float64): "F64", np.dtype(np.int32): "I32", np.dtype(np.bool_): "BOOL"}
    header, data = {}, b""
    for name, array in arrays.items():
        header[name] = {"dtype": kinds[array.dtype], "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def session(path):
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class Imported:
    """What 'ordo import' makes of a file, as a session."""

    def __init__(self, path):
        self.spec, self.weights, self.folder = path + ".ordo", path + ".safetensors", os.path.dirname(path)
        self.names = [i.name for i in onnx.load(path, load_external_data=False).graph.input]
        said = ordo("import", path, "-o", self.spec)
        self.layer = re.search(r"layer (\w+)", said)[1]

    def run(self, _, given):
        files, out = [], os.path.join(self.folder, "imported.npz")
        for i, name in enumerate(self.names):
            files.append(os.path.join(self.folder, f"given{i}.npy"))
            np.save(files[-1], given[name])
        more = ["--weights", self.weights] if os.path.exists(self.weights) else []
        ordo("run", self.spec, self.layer, *files, *more, "--out", out)
        with np.load(out) as results:
            return [results[name] for name in results.files]


def run_ordo(model, function, arguments, weights, folder):
    given, results = os.path.join(folder, "in.npz"), os.path.join(folder, "out.npz")
    np.savez(given, **arguments)
    words = ["--weights", weights] if weights else []
    ordo("run", model, function, *([given] if arguments else []), *words, "--seed", "11", "--out", results)
    with np.load(results) as out:
        return [out[name] for name in out.files]


def differs(want, got, name):
    if list(want.shape) != list(got.shape):
        return f"{name}: shape {list(got.shape)} instead of {list(want.shape)}"
    if want.dtype.kind != "f":
        wrong = want.astype(np.int64) != got.astype(np.int64)
    else:
        small = 1e-9 if want.dtype == np.float64 else 2e-5
        with np.errstate(invalid="ignore"):
            largest = np.abs(want[np.isfinite(want)]).max(initial=1)
            near = np.abs(want - got) <= small * largest
        wrong = ~(near | (want == got) | (np.isnan(want) & np.isnan(got)))
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0]) if want.ndim else ()
        return f"{name}{list(map(int, at))}: {got[at]} instead of {want[at]} ({wrong.sum()} of {wrong.size} differ)"
    return None


def compare(model, function, folder):
    """None when all agree, else what is wrong; Failure when Ordo refuses."""
    plain, inside, beside, weights = (os.path.join(folder, name) for name in ("m.onnx", "i.onnx", "b.onnx", "w.safetensors"))
    ordo("export", model, function, "-o", plain)
    graph = onnx.load(plain).graph
    inputs = [Input(info) for info in graph.input]
    if any(i.dtype is None for i in inputs):
        raise Failure("an argument of a type that NumPy does not have")
    names = symbols_of([d for i in inputs for d in i.dims + ([i.below] if i.below else []) if not d.isdigit()])
    rng = np.random.default_rng(5)
    held = {i.name: i.draw(rng, {}) for i in inputs if i.is_weight}
    arguments = {i.name for i in inputs if not i.is_weight}
    if held:  # a weight that is called like an argument has a number behind its name
        write_checkpoint(weights, {re.sub(r"\.\d+$", "", n) if re.sub(r"\.\d+$", "", n) in arguments else n: a for n, a in held.items()})
        ordo("export", model, function, "--weights", weights, "-o", inside)
        ordo("export", model, function, "--weights", weights, "--beside", "-o", beside)
    open_file = Imported if ARGS.imported else session
    ways = [(open_file(plain), held)] + ([(open_file(inside), {}), (open_file(beside), {})] if held else [])
    for row in SIZES:
        sizes = {name: row[k % len(row)] for k, name in enumerate(names)}
        given = {i.name: i.draw(rng, sizes) for i in inputs if not i.is_weight}
        arguments = {i.name: given[i.name] for i in inputs if not i.is_weight and i.doc not in ("seed", "size")}
        if any(i.doc == "size" for i in inputs):
            raise Failure("a size that no argument tells")
        try:
            want = run_ordo(model, function, arguments, weights if held else None, folder)
        except Failure as refused:
            want = refused
        for one, more in ways:
            try:
                got = one.run(None, {**given, **more})
            except Exception as stopped:
                got = stopped
            if isinstance(want, Failure) or isinstance(got, Exception):
                if isinstance(want, Failure) != isinstance(got, Exception):
                    return f"sizes {sizes}: Ordo: {str(want)[:300]}; ONNX Runtime: {str(got)[:300]}"
                continue
            for info, w, g in zip(graph.output, want, got, strict=True):
                wrong = differs(w, g, info.name)
                if wrong:
                    return f"sizes {sizes}: {wrong}"
    return None


def main():
    global ARGS
    parser = argparse.ArgumentParser()
    parser.add_argument("--ordo", default=os.environ.get("ORDO", os.path.join(ROOT, "build/dev/ordo")))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--imported", action="store_true")
    parser.add_argument("models", nargs="*")
    ARGS = parser.parse_args()
    models = ARGS.models or sorted(os.path.join(ROOT, "models", m) for m in os.listdir(os.path.join(ROOT, "models")) if m.endswith(".ordo"))
    equal, refused, wrong, seen = 0, {}, [], set()
    for entry in models:
        model, _, only = entry.partition(":")
        for function in [only] if only else functions_of(model):
            if function in seen and "." not in function:
                continue
            seen.add(function)
            with tempfile.TemporaryDirectory() as folder:
                try:
                    problem = compare(model, function, folder)
                except Failure as why:
                    refused[f"{os.path.basename(model)} {function}"] = str(why).splitlines()[0]
                    continue
                except Exception as why:
                    problem = f"{type(why).__name__}: {str(why)[:500]}"
            equal += problem is None
            if problem:
                wrong.append(f"{os.path.basename(model)} {function}: {problem}")
                print(f"WRONG {wrong[-1]}", flush=True)
            elif ARGS.verbose:
                print(f"{os.path.basename(model)} {function}: equal", flush=True)
    for what, why in refused.items() if ARGS.verbose else ():
        print(f"refused: {what}: {why}")
    print(f"{equal} functions equal, {len(refused)} refused, {len(wrong)} wrong")
    return 1 if wrong or not equal else 0


sys.exit(main())
