#!/usr/bin/env python3
"""The operators' own tests (onnx.backend.test) through 'ordo import' and 'ordo run'.

    bench/onnx_backend.py [--ordo ORDO] [--jobs N] [--only PATTERN] [--interpret] [--list] [--again FILE] [--json FILE]

Each test is a model with inputs and the outputs that it has to give. It passes when the imported spec gives them within the
test's own tolerance; is unsupported when 'ordo import' refuses a node or an input by name (E0713) or 'ordo run' refuses an
argument; has failed when the import ends in another way; and is wrong when numbers differ. Exit code 1 if one is wrong or has
failed, 77 without the Python package onnx."""
import argparse, collections, concurrent.futures, glob, json, os, re, subprocess, sys, tempfile, warnings

warnings.simplefilter("ignore")
try:
    import numpy as np
    import onnx
    from onnx import numpy_helper
    from onnx.backend.test.loader import load_model_tests
except ImportError as missing:
    print(f"[SKIP] the operators' tests are not run: {missing}")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KINDS = ("node", "simple", "real", "pytorch-converted", "pytorch-operator")


class Refused(Exception):
    pass


class Failed(Exception):
    pass


def value(path, info):
    with open(path, "rb") as data:
        if info.type.WhichOneof("value") != "tensor_type":
            raise Refused(f"an argument that is {info.type.WhichOneof('value')}")
        tensor = onnx.TensorProto()
        tensor.ParseFromString(data.read())
        return numpy_helper.to_array(tensor)


def data_sets(test, model):
    """Pairs of inputs and outputs."""
    held = {i.name for i in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in held]
    if test.data_sets is not None:
        for given, want in test.data_sets:
            yield list(given), list(want)
        return
    for folder in sorted(glob.glob(os.path.join(test.model_dir, "test_data_set_*"))):
        files = [sorted(glob.glob(os.path.join(folder, f"{kind}_*.pb")), key=lambda p: int(re.findall(r"\d+", p)[-1])) for kind in ("input", "output")]
        yield ([value(p, i) for p, i in zip(files[0], inputs)], [value(p, o) for p, o in zip(files[1], model.graph.output)])


def plain(array):
    """As NumPy's own element types: float16 and bfloat16 as float32, whole numbers as they are."""
    array = np.asarray(array)
    if array.dtype.kind not in "biuf" or array.dtype.itemsize < 4 and array.dtype.kind == "f":
        array = array.astype(np.float32)
    return array


def differs(want, got, test):
    # bf16: two units in the last place, as sums are rounded elsewhere; float16 is computed in f32, and rounded nowhere
    least = {"bfloat16": 2**-6, "float16": 2**-8}.get(np.asarray(want).dtype.name, 0)
    want, got = plain(want), plain(got)
    if want.shape != got.shape:
        return f"shape {list(got.shape)} instead of {list(want.shape)}"
    if want.dtype.kind != "f":
        return None if (want.astype(np.int64) == got.astype(np.int64)).all() else "whole numbers differ"
    rtol = max(test.rtol, least)
    near = np.isclose(got, want, rtol=rtol, atol=test.atol, equal_nan=True)
    return None if near.all() else f"{(~near).sum()} of {near.size} numbers differ: {got[~near][0]} instead of {want[~near][0]}"


def ordo(*words):
    done = subprocess.run([ARGS.ordo, *words], capture_output=True, text=True, errors="replace", timeout=120)
    return done.returncode, (done.stderr or done.stdout).strip()


def run_one(test):
    """(outcome, why)"""
    model = test.model if test.model is not None else None
    with tempfile.TemporaryDirectory() as folder:
        path, spec, weights = (os.path.join(folder, n) for n in ("m.onnx", "m.ordo", "m.safetensors"))
        if model is None:
            path = os.path.join(test.model_dir or "", "model.onnx")
            if not os.path.exists(path):
                return "absent", "its model is to be fetched from a network"
            model = onnx.load(path)
        else:
            onnx.save(model, path)
        try:
            code, text = ordo("import", path, "-o", spec)
            if code:
                codes = set(re.findall(r"error\[(E\d+)\]", text))
                return ("unsupported" if codes and codes <= {"E0713"} else "failed"), text
            layer = re.findall(r"^layer (\w+)", open(spec).read(), re.M)[-1]
            for given, want in data_sets(test, model):
                files = []
                for i, array in enumerate(given):
                    if isinstance(array, (list, dict)) or array is None or np.asarray(array).dtype.kind not in "biuf" and np.asarray(array).dtype.name != "bfloat16":
                        raise Refused("an argument that is no tensor of numbers")
                    files.append(os.path.join(folder, f"{i}.npy"))
                    np.save(files[-1], plain(array))
                out = os.path.join(folder, "out.npz")
                more = ["--weights", weights] if os.path.exists(weights) else []
                code, text = ordo("run", spec, layer, *files, *more, *(["--interpret"] if ARGS.interpret else []), "--out", out)
                if code:
                    return ("failed" if code == 70 or "E0222" not in text and "E0701" not in text and "E0232" not in text else "unsupported"), text
                with np.load(out) as results:
                    got = [results[name] for name in results.files]
                if len(got) != len(want):
                    return "wrong", f"{len(got)} results instead of {len(want)}"
                for w, g in zip(want, got):
                    problem = differs(w, g, test)
                    if problem:
                        return "wrong", problem
        except Refused as why:
            return "unsupported", str(why)
        except subprocess.TimeoutExpired:
            return "failed", "it takes longer than two minutes"
    return "passed", ""


def reason(text):
    """What a message says without the names of the test."""
    lines = [l for l in text.splitlines() if "error[" in l] or [text]
    found = re.search(r"\((\w+)\) (.*)", lines[0]) or re.search(r"(input) '.*?' (.*)", lines[0])
    return f"{found[1]}: {found[2]}"[:90] if found else lines[0][-90:]


def main():
    global ARGS
    parser = argparse.ArgumentParser()
    parser.add_argument("--ordo", default=os.environ.get("ORDO", os.path.join(ROOT, "build/dev/ordo")))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true", help="say of each test what became of it")
    parser.add_argument("--interpret", action="store_true", help="run on the reference interpreter instead of compiled code")
    parser.add_argument("--again", help="only tests that did not pass in this file of --json")
    parser.add_argument("--json")
    ARGS = parser.parse_args()
    tests = [t for kind in KINDS for t in load_model_tests(kind=kind) if re.search(ARGS.only, t.name)]
    if ARGS.again:
        before = json.load(open(ARGS.again))
        tests = [t for t in tests if before.get(t.name, [""])[0] != "passed"]
    counts, reasons, outcomes = collections.Counter(), collections.Counter(), {}
    with concurrent.futures.ThreadPoolExecutor(ARGS.jobs) as pool:
        for test, (outcome, why) in zip(tests, pool.map(run_one, tests)):
            counts[outcome] += 1
            outcomes[test.name] = (outcome, why)
            if outcome == "unsupported":
                reasons[reason(why)] += 1
            if outcome in ("wrong", "failed") or ARGS.list:
                print(f"{outcome} {test.name}: {why}", flush=True)
    for why, n in reasons.most_common(30):
        print(f"  {n:4} {why}")
    if ARGS.json:
        with open(ARGS.json, "w") as out:
            json.dump(outcomes, out, indent=1)
    print(f"{len(tests)} tests: {counts['passed']} passed, {counts['unsupported']} unsupported, {counts['wrong']} wrong, {counts['failed']} failed, {counts['absent']} whose models are not in the package")
    return 1 if counts["wrong"] or counts["failed"] or not counts["passed"] else 0


sys.exit(main())
