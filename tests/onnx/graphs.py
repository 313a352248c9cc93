#!/usr/bin/env python3
"""Random graphs, exported and run by ONNX Runtime, against the reference interpreter.

    tests/onnx/graphs.py [--seed S] [--count N] [--nodes N] [--keep DIR]

write_graphs makes graphs, arguments and results; what counts as equal is written in app/oracle.h. Exit code 77 where the Python
packages onnx, onnxruntime or numpy are missing."""
import argparse, glob, os, re, subprocess, sys, tempfile

try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as missing:
    print(f"[SKIP] exported graphs are not run: {missing}")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KINDS = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64, 13: np.uint64}
# What ONNX Runtime has no code for, though ONNX does: not a fault of the model. It cannot Scan over an axis of extent 0.
LACKS = re.compile(r"NOT_IMPLEMENTED|running Scan node.*Invalid dim0_offset of 0. Dimension 0 is 0")
# The interpreter's sizes are in the file; a runtime may find an extent of 0 where none is allowed.


def run(path, arguments):
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    given = {}
    for info, value in zip(onnx.load(path).graph.input, arguments):
        kind = info.type.tensor_type.elem_type
        if kind == 16:
            given[info.name] = onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(
                (np.ascontiguousarray(value, np.float32).view(np.uint32) >> 16).astype(np.uint16).reshape(value.shape), 16)
        else:
            given[info.name] = onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value).astype(KINDS[kind]).reshape(value.shape))
    results = []
    for value, info in zip(session.run_with_ort_values(None, given), onnx.load(path).graph.output):
        if info.type.tensor_type.elem_type == 16:
            results.append((bits_of(value).astype(np.uint32) << 16).view(np.float32))
        else:
            results.append(value.numpy())
    return results


def bits_of(value):
    import ctypes
    n = int(np.prod(value.shape()))
    return np.frombuffer((ctypes.c_uint16 * n).from_address(value.data_ptr()), np.uint16).reshape(value.shape()).copy() if n else np.zeros(value.shape(), np.uint16)


def differs(narrow, wide, got, kind):
    """None: equal; "undecided"; else what differs. 'got' in the type that the model gives."""
    if list(narrow.shape) != list(got.shape):
        return f"shape {list(got.shape)} instead of {list(narrow.shape)}"
    if narrow.dtype.kind != "f":
        if not np.array_equal(narrow.astype(np.int64), wide.astype(np.int64)):
            return "undecided"
        return None if np.array_equal(narrow.astype(np.int64), got.astype(np.int64)) else "other numbers"
    x, y, z = (a.astype(np.float64) for a in (narrow, wide, got))
    if not np.array_equal(np.isfinite(x), np.isfinite(y)) or not np.array_equal(np.isnan(x), np.isnan(y)):
        return "undecided"
    finite = np.isfinite(x)
    if not np.array_equal(np.where(finite, 0, x), np.where(np.isfinite(z), 0, z), equal_nan=True):
        return "another NaN or infinity"
    if not finite.any():
        return None
    largest, spread = np.abs(y[finite]).max(), np.abs(x[finite] - y[finite]).max()
    bound = (1e-2 if kind == 16 else 1e-5) * largest + 32 * spread + 1e-6
    error = np.abs(z[finite] - y[finite]).max()
    return None if error <= bound else f"off by {error:g}, where {bound:g} is allowed"


def one(args, base, tally):
    path = os.path.join(args.folder, "m.onnx")
    made = subprocess.run([args.ordo, "export", base + ".txt", "-o", path], capture_output=True, text=True)
    if made.returncode:
        if "ONNX has no operator" in made.stderr:
            tally["refused"] += 1
            return None
        return made.stderr.strip()[:500]
    with np.load(base + ".in.npz") as file:
        arguments = [file[f"p{i}"] for i in range(len(file.files))]
    try:
        got = run(path, arguments)
    except Exception as why:
        if LACKS.search(str(why)):
            tally["lacking"] += 1
            return None
        return f"{type(why).__name__}: {str(why)[:700]}"
    kinds = [info.type.tensor_type.elem_type for info in onnx.load(path).graph.output]
    with np.load(base + ".f32.npz") as narrow, np.load(base + ".f64.npz") as wide:
        for i, value in enumerate(got):
            wrong = differs(narrow[f"r{i}"], wide[f"r{i}"], value, kinds[i])
            if wrong == "undecided":
                tally["undecided"] += 1
            elif wrong:
                return f"result {i}: {wrong}"
            else:
                tally["equal"] += 1
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ordo", default=os.environ.get("ORDO", os.path.join(ROOT, "build/dev/ordo")))
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", default="100")
    parser.add_argument("--nodes", default="12")
    parser.add_argument("--keep")
    args = parser.parse_args()
    writer = os.path.join(os.path.dirname(args.ordo), "tests", "write_graphs")
    tally = {"graphs": 0, "equal": 0, "undecided": 0, "refused": 0, "lacking": 0, "wrong": 0}
    with tempfile.TemporaryDirectory() as scratch:
        args.folder = args.keep or scratch
        os.makedirs(args.folder, exist_ok=True)
        subprocess.run([writer, args.folder, "--seed", args.seed, "--count", args.count, "--nodes", args.nodes], check=True)
        for text in sorted(glob.glob(os.path.join(args.folder, "*.txt")), key=lambda p: int(os.path.basename(p)[:-4])):
            tally["graphs"] += 1
            wrong = one(args, text[:-4], tally)
            if wrong:
                tally["wrong"] += 1
                print(f"seed {os.path.basename(text)[:-4]}: {wrong}", flush=True)
    print(f"{tally['graphs']} graphs, {tally['equal']} results equal, {tally['undecided']} undecided, {tally['refused']} graphs with an op "
          f"that ONNX lacks, {tally['lacking']} with one that ONNX Runtime lacks, {tally['wrong']} wrong")
    return 1 if tally["wrong"] or not tally["equal"] else 0


sys.exit(main())
