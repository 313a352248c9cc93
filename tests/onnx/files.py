#!/usr/bin/env python3
"""Models of other packages through 'ordo import', against ONNX Runtime.

    tests/onnx/files.py [--ordo ORDO]

Exit code 77 where the Python packages onnxruntime and numpy are missing; files of packages that are not installed are left
out, which is said."""
import argparse, importlib.util, os, re, subprocess, sys, tempfile

try:
    import numpy as np
    import onnxruntime
except ImportError as missing:
    print(f"[SKIP] imported models are not run: {missing}")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# package, file, extents of open axes
FILES = [
    ("silero_vad", "data/silero_vad_16k_sequence.onnx", []),
    ("silero_vad", "data/silero_vad_16k_op15.onnx", ["S=512"]),
    ("onnxruntime", "datasets/mul_1.onnx", []),
    ("onnxruntime", "datasets/sigmoid.onnx", []),
]
DTYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(bool)": np.bool_, "tensor(double)": np.float64}


def ordo(*words):
    done = subprocess.run([ARGS.ordo, *words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"ordo {' '.join(words)}: {done.stderr or done.stdout}")
    return done.stdout


def draw(info, extents, rng):
    shape = [d if isinstance(d, int) else extents.setdefault(d, int(rng.integers(1, 5))) for d in info.shape]
    dtype = DTYPES[info.type]
    if dtype == np.int64:
        return np.full(shape, 16000, dtype)  # sampling rates
    return np.asarray(rng.standard_normal(shape) * 0.3).astype(dtype)


def compare(path, defines, folder):
    spec, weights, out = (os.path.join(folder, n) for n in ("m.ordo", "m.safetensors", "out.npz"))
    layer = re.search(r"layer (\w+)", ordo("import", path, "-o", spec, *[w for d in defines for w in ("-D", d)]))[1]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    worst, rng = 0, np.random.default_rng(3)
    for _ in range(3):
        extents = {k: int(v) for k, v in (d.split("=") for d in defines)}
        extents.update({name: extents["S"] for name in ("sequence", "samples", "num_samples") if "S" in extents})
        given = {i.name: draw(i, extents, rng) for i in session.get_inputs()}
        want = session.run(None, given)
        files = [os.path.join(folder, f"{k}.npy") for k in range(len(given))]
        for file, array in zip(files, given.values()):
            np.save(file, array)
        ordo("run", spec, layer, *files, *(["--weights", weights] if os.path.exists(weights) else []), "--out", out)
        with np.load(out) as results:
            got = [results[name] for name in results.files]
        for w, g in zip(want, got, strict=True):
            if w.shape != g.shape:
                raise SystemExit(f"{path}: shape {g.shape} instead of {w.shape}")
            off = float(np.abs(w - g).max(initial=0))
            if not off <= worst: worst = off # NaN as well, which stays
    return worst


def main():
    global ARGS
    parser = argparse.ArgumentParser()
    parser.add_argument("--ordo", default=os.environ.get("ORDO", os.path.join(ROOT, "build/dev/ordo")))
    ARGS = parser.parse_args()
    wrong = 0
    for package, file, defines in FILES:
        found = importlib.util.find_spec(package)
        path = os.path.join(os.path.dirname(found.origin), file) if found and found.origin else ""
        if not os.path.exists(path):
            print(f"{file}: not there (pip install {package.replace('_', '-')})")
            continue
        with tempfile.TemporaryDirectory() as folder:
            worst = compare(path, defines, folder)
        wrong += not worst <= 1e-5
        print(f"{os.path.basename(file)}: {'' if worst <= 1e-5 else 'WRONG, '}largest difference {worst:.1e}")
    return 1 if wrong else 0


sys.exit(main())
