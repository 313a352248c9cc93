#!/usr/bin/env python3
"""Arguments that Ordo refuses, given to exported models: ONNX Runtime has to refuse them, too, and takes those that are right.
Exit code 77 where the Python packages onnx, onnxruntime or numpy are missing."""
import os, subprocess, sys, tempfile

try:
    import numpy as np
    import onnxruntime
except ImportError as missing:
    print(f"[SKIP] checks of exported models are not run: {missing}")
    sys.exit(77)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ORDO = os.environ.get("ORDO", os.path.join(ROOT, "build/dev/ordo"))
f = lambda *shape: np.ones(shape, np.float32)
i = lambda *values: np.array(values, np.int32)
CASES = [  # text, arguments that are right, arguments that are wrong
    ("fn f(x: f32[B, N], y: f32[B, N]) -> f32[B, N] { x + y }", [f(2, 3), f(2, 3)], [[f(2, 3), f(1, 3)], [f(2, 3), f(2, 1)], [f(1, 3), f(2, 3)]]),
    ("fn f(x: f32[N], y: f32[2*N + 1]) -> f32[N] { x * sum(y) }", [f(2), f(5)], [[f(2), f(4)], [f(2), f(1)]]),
    ("fn f(y: f32[2*N + 1]) -> f32[N] { y[:N] }", [f(5)], [[f(4)]]),
    ("fn f(t: f32[V, 2], k: <V>[B]) -> f32[B, 2] { t[k, :] }", [f(3, 2), i(0, 2)], [[f(3, 2), i(0, 3)], [f(3, 2), i(-1, 0)]]),
    ("fn f(x: f32[V], k: <V>[B]) -> i32[B] { i32(k) + 1 }", [f(3), i(0, 2)], [[f(3), i(7, 0)], [f(3), i(0, -3)]]),
    ("fn f(x: f32[N + 3]) -> f32[3] { x[:3] }", [f(4)], [[f(2)], [f(0)]]),
    ("fn f(x: f32[A, C, A*C + 1]) -> f32[A] { x[:, 0, 0] }", [f(2, 3, 7)], [[f(2, 3, 8)]]),
    ("fn f(x: f32[N]) -> f32 {\n  assert N >= 2, \"two at least\"\n  sum(x)\n}", [f(4)], [[f(1)]]),
    ("fn f(x: f32[N], m: f32[M]) -> f32[N] { x * 2 }", [f(4), f(0)], []),
    ("fn f(x: f32[B, N]) -> <N>[B] {\n  y[b] = argmax[n](x[b, n])\n  y\n}", [f(2, 3)], [[f(2, 0)]]),
]


def refuses(session, arguments):
    names = [one.name for one in session.get_inputs()]
    try:
        session.run(None, dict(zip(names, arguments)))
        return False
    except Exception as why:
        return True


def ordo_refuses(spec, arguments, folder):
    files = []
    for k, value in enumerate(arguments):
        files.append(os.path.join(folder, f"{k}.npy"))
        np.save(files[-1], value)
    return subprocess.run([ORDO, "run", spec, "f", *files], capture_output=True).returncode != 0


def main():
    wrong = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        spec, model = os.path.join(folder, "m.ordo"), os.path.join(folder, "m.onnx")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        for text, right, bad in CASES:
            with open(spec, "w") as out:
                out.write(text + "\n")
            done = subprocess.run([ORDO, "export", spec, "f", "-o", model], capture_output=True, text=True)
            if done.returncode:
                print(f"{text}: {done.stderr}")
                wrong += 1
                continue
            session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            for arguments in [right, *bad]:
                tried += 1
                want, got = ordo_refuses(spec, arguments, folder), refuses(session, arguments)
                if want != (arguments is not right) or got != want:
                    wrong += 1
                    print(f"{text}\n  of {[a.tolist() for a in arguments]}: {'refused' if want else 'taken'} by Ordo, "
                          f"{'refused' if got else 'taken'} by ONNX Runtime")
    print(f"{tried} calls, {wrong} wrong")
    return wrong != 0


sys.exit(main())
