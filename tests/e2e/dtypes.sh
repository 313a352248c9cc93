#!/usr/bin/env bash
# Every element type that files hold, as arguments (.npy, .npz) and as weights (.safetensors), for parameters of every type:
# in one rounding, or refused with the element. What is not read may have any type.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'END'
fn f(x: f32[N]) -> f32[N] { x }
fn d(x: f64[N]) -> f64[N] { x }
fn i(x: i32[N]) -> i32[N] { x }
fn b(x: bool[N]) -> bool[N] { x }
fn at(x: f32[N], k: <N>[M]) -> f32[M] { x[k] }
init nought() -> f32[I] { zeros(I) }
layer L {
  w: f32[4] ~ nought
  fn (x: f32[4]) -> f32[4] { x * w }
}
END
cat >check.py <<'END'
import json, math, struct, subprocess, sys, zipfile
ordo, failed = sys.argv[1], 0
def run(*args):
    r = subprocess.run([ordo, "run", "--json", "--digits", "0", "m.ordo", *args], capture_output=True, text=True)
    return (list(json.loads(r.stdout).values())[0], "") if not r.returncode else (None, r.stderr)
def header(descr, n):
    return b"\x93NUMPY\x01\x00v\x00" + ("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }" % (descr, n)).ljust(117).encode() + b"\n"
def npy(descr, code, values): return header(descr, len(values)) + struct.pack((">" if descr[0] == ">" else "<") + "%d" % len(values) + code, *values)
def single(v): return struct.unpack("<f", struct.pack("<f", v))[0]
def nearest32(v):  # of a whole number, exactly
    m, e = abs(v), 0
    while m >> e >= 1 << 24: e += 1
    low, rest = m >> e, m & ((1 << e) - 1)
    low += rest * 2 > 1 << e or (rest * 2 == 1 << e and low & 1)
    return math.copysign(float(low << e), v)
def expect(what, got, want, read=lambda v: v):
    global failed
    if got[0] is not None and [read(v) for v in got[0]] == want: return
    failed = 1
    print("FAILED:", what, "gave", got, "expected", want)
def refused(what, got, *words):
    global failed
    if got[0] is None and all(w in got[1] for w in words): return
    failed = 1
    print("FAILED:", what, "gave", got, "expected an error with", words)
big = [2**24 + 1, 2**53 + 1, 2**54 + 2**30 + 1, 2**62 + 2**38 + 1, 2**62 + 2**38]
types = [("|i1", "b", [-128, 127, 0]), ("|u1", "B", [0, 255]), ("<i2", "h", [-32768, 32767]), ("<u2", "H", [65535, 1]),
         (">u2", "H", [1, 65535]), ("<i4", "i", [-2**31, 2**31 - 1, 16777217]), ("<u4", "I", [2**32 - 1, 2**31 + 129, 7]),
         (">u4", "I", [2**32 - 1]), ("<i8", "q", big + [-v for v in big] + [-2**63, 2**63 - 1]), (">i8", "q", big),
         ("<u8", "Q", big + [2**64 - 1, 2**63 + 2**39 + 1, 2**63]), ("|b1", "?", [True, False]), ("<f2", "e", [0.5, 65504.0, -2.0 ** -24]),
         ("<f4", "f", [0.1, -3.4028234e38]), ("<f8", "d", [0.1, 1 + 2**-24 + 2**-50, 1e-50])]
for descr, code, values in types:
    open("x.npy", "wb").write(npy(descr, code, values))
    with zipfile.ZipFile("x.npz", "w") as z:
        z.write("x.npy")
        z.writestr("text.npy", header("<U5", 1) + bytes(20))
        z.writestr("object.npy", header("|O", 1) + b"pickle")
        z.writestr("notes.txt", "no array")
    whole = all(isinstance(v, int) for v in values)
    for file in "x.npy", "x.npz":
        expect(f"{descr} {file} to f32", run("f", file), [nearest32(v) if whole else single(v) for v in values], single)
        expect(f"{descr} {file} to f64", run("d", file), [float(v) if whole else (single(v) if code == "f" else v) for v in values])
        inside = whole and all(-2**31 <= v < 2**31 for v in values)
        if inside: expect(f"{descr} {file} to i32", run("i", file), [int(v) for v in values])
        else: refused(f"{descr} {file} to i32", run("i", file), "E0807", "element")
open("x.npy", "wb").write(npy("<f8", "d", [1.0, 1e39]))
refused("1e39 to f32", run("f", "x.npy"), "element 1", "1e+39")
with zipfile.ZipFile("x.npz", "w") as z:
    z.writestr("k.npy", npy("<i8", "q", [0]))
    z.writestr("y.npy", header("|O", 1) + b"pickle")
refused("an archive without x", run("at", "x.npz"), "E0705", "argument 'x' is missing", "no parameter is called 'y'")
open("x.npy", "wb").write(npy("<u8", "Q", [1, 2**31]))
refused("2^31 to i32", run("i", "x.npy"), "element 1", "2147483648, stored as u64")
open("k.npy", "wb").write(npy("<i8", "q", [2, 0]))
expect("i64 as indices", run("at", "[5, 6, 7]", "k.npy"), [7, 5])
for bad in 3, -1, 2**40:
    open("k.npy", "wb").write(npy("<i8", "q", [0, bad]))
    refused(f"index {bad}", run("at", "[5, 6, 7]", "k.npy"), str(bad))
open("x.npy", "wb").write(npy("<i8", "q", [1, 0, 2]))
refused("2 as bool", run("b", "x.npy"), "element 2")
open("x.npy", "wb").write(header("<U5", 1) + bytes(20))
refused("a text", run("f", "x.npy"), "E0807", "'U5'")

def safetensors(path, tensors, meta=None):
    h, data = {}, b""
    if meta: h["__metadata__"] = meta
    for name, (dtype, shape, raw) in tensors.items():
        h[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(h).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)
half = [1.0, -2.0, 0.5, 3.0]
weights = {"F16": struct.pack("<4e", *half), "F64": struct.pack("<4d", *half), "BF16": b"".join(struct.pack("<f", v)[2:] for v in half),
           "I8": bytes([1, 254, 3, 4]), "U8": bytes([1, 2, 3, 4]), "I16": struct.pack("<4h", 1, -2, 3, 4), "U16": struct.pack("<4H", 1, 2, 3, 65535),
           "I32": struct.pack("<4i", 1, -2, 3, 16777217), "U32": struct.pack("<4I", 1, 2, 3, 2**32 - 1), "I64": struct.pack("<4q", 1, -2, 3, big[3]),
           "U64": struct.pack("<4Q", 1, 2, 3, 2**63 + 2**39 + 1), "BOOL": bytes([1, 0, 1, 1])}
codes = {"I8": "4b", "U8": "4B", "I16": "4h", "U16": "4H", "I32": "4i", "U32": "4I", "I64": "4q", "U64": "4Q", "BOOL": "4?"}
for dtype, raw in weights.items():
    safetensors("w.safetensors", {"w": (dtype, [4], raw), "f8": ("F8_E4M3", [3], bytes(3)), "f4": ("F4", [2], bytes(1)), "c": ("C64", [1], bytes(8)),
                                  "new": ("X17", [], bytes(5)), "deep": ("U8", [1] * 20, bytes(1))})
    want = half if dtype[0] in "FB" and dtype != "BOOL" else [nearest32(int(v)) for v in struct.unpack("<" + codes[dtype], raw)]
    expect(f"weights {dtype}", run("L", "[1, 1, 1, 1]", "--weights", "w.safetensors"), want, single)
for dtype in "F8_E4M3", "C64", "X17":
    safetensors("w.safetensors", {"w": (dtype, [4], bytes(4))})
    refused(f"weights {dtype}", run("L", "[1, 1, 1, 1]", "--weights", "w.safetensors"), "'w'", dtype)
safetensors("w.safetensors", {"w": ("F64", [4], struct.pack("<4d", 1, 2, 1e39, 4))})
refused("1e39 as a weight", run("L", "[1, 1, 1, 1]", "--weights", "w.safetensors"), "element 2")
sys.exit(failed)
END
expect 0 "types" python3 check.py "$ordo"
[ -s out ] && cat out
finish
