"""Numbers and names in files: what a file says is what the program gets, in one rounding; what nobody reads spoils nothing."""
import json
import struct

from answers import CODES, REFUSED, call, check, done, near, npy, ordo, path, refused

CODES |= {"E0703", "E0802", "E0805", "E0806", "E0807", "E0810"}
INF, NAN = float("inf"), float("nan")


def gives(name, spec, args, want, function="f", opts=()):
    got, result = call(spec, function, *args, opts=opts)
    good = refused(result) if want is REFUSED else got is not None and near(got, want, rel=1e-7, least=0)
    check(name, good, result.stderr if got is None else got, want)


# ---- arrays: one rounding from any type to any other; what the type does not hold is refused ----

SPECS = {type_: path(type_ + ".ordo", f"fn f(x: {type_}[N]) -> {type_}[N] {{ x }}\n") for type_ in ("f32", "f64", "i32", "bf16")}
TABLE = path("table.ordo", "fn f(x: f32[A, B]) -> f32[A, B] { x }\n")
f32 = lambda x: struct.unpack("f", struct.pack("f", x))[0]
for to, dtype, form, numbers, want in (
        ("f32", "<u8", "Q", [2**64 - 1, 2**63, 2**24 + 1, 2**63 + 2**39 + 1], [2.0**64, 2.0**63, 2.0**24, 2.0**63 + 2**40]),
        ("f64", "<u8", "Q", [2**64 - 1, 2**53 + 1, 2**53 + 3], [2.0**64, 2.0**53, 2.0**53 + 4]),
        ("f32", "<i8", "q", [2**60 + 2**36 + 1, -(2**60 + 2**36 + 1)], [2.0**60 + 2**37, -(2.0**60 + 2**37)]),
        ("f32", "<u4", "I", [2**32 - 1, 2**31 + 128, 2**31 + 129], [2.0**32, 2.0**31, 2.0**31 + 256]),
        ("f32", ">u4", "I", [7, 2**32 - 1], [7, 2.0**32]), ("f64", ">i8", "q", [-7, 2**40], [-7, 2**40]),
        ("f32", "<i2", "h", [-32768, 32767], [-32768, 32767]), ("f32", "<u2", "H", [65535], [65535]),
        ("f32", "|i1", "b", [-128], [-128]), ("f32", "|u1", "B", [255], [255]), ("f32", "|b1", "B", [1, 0], [1, 0]),
        ("f32", "<f2", "e", [1.5, 65504, INF], [1.5, 65504, INF]),
        ("f32", "<f8", "d", [1e-50, 0.1, 1 + 2**-24 + 2**-50], [0, f32(0.1), 1 + 2**-23]),
        ("f32", "<f8", "d", [INF, NAN, -INF], [INF, NAN, -INF]), ("f32", "<f8", "d", [1e39], REFUSED),
        ("i32", "<u4", "I", [2**31 - 1], [2**31 - 1]), ("i32", "<u4", "I", [2**31], REFUSED),
        ("i32", "<i8", "q", [-2**31], [-2**31]), ("i32", "<i8", "q", [-2**31 - 1], REFUSED), ("i32", "<u8", "Q", [2**63], REFUSED),
        ("i32", "<f8", "d", [1.5], REFUSED), ("i32", "<f8", "d", [NAN], REFUSED), ("i32", "<f8", "d", [2.0**31], REFUSED),
        ("bf16", "<i8", "q", [2**53 + 1, 257, 259], [2.0**53, 256, 260]),
        ("bf16", "<f8", "d", [1 + 2**-8 + 2**-30, 1 + 2**-8], [1 + 2**-7, 1.0]), ("f32", "<c8", "f", [1, 0], REFUSED)):
    shape = (1,) if dtype == "<c8" else (len(numbers),)
    file = npy("x.npy", dtype, shape, struct.pack(f"{dtype[0].replace('|', '<')}{len(numbers)}{form}", *numbers))
    # what is printed are the shortest digits of an f32: compared as f32
    exact = want if want is REFUSED or to == "f64" else [f32(x) for x in want]
    gives(f"{dtype} {numbers} as {to}", SPECS[to], [file], exact)
gives("by columns", TABLE, [npy("x.npy", "<f4", (2, 3), struct.pack("<6f", *range(6)), fortran=True)], [[0, 2, 4], [1, 3, 5]])

for to, text, want in (("i32", "[2147483647, -2147483648]", [2147483647, -2147483648]), ("i32", "[2147483648]", REFUSED),
                       ("i32", "[1.5]", REFUSED), ("f32", "[1e39]", REFUSED), ("f32", "[1e-50, 16777217]", [0, 16777216]),
                       ("f64", "[1e400]", REFUSED), ("f64", "[9007199254740993]", [9007199254740992]),
                       ("f32", "[-.5, nan, inf, -inf]", [-.5, NAN, INF, -INF]), ("f32", "[1, [2]]", REFUSED)):
    gives(f"{text} as {to}", SPECS[to], [text], want)

for text, want in (("1,2\n3,4\n", [[1, 2], [3, 4]]), ("1,2\n3\n", REFUSED), ("", REFUSED), ("\n", REFUSED), ("1,\n", REFUSED),
                   ("\ufeff1,2\r\n3,4\r\n", [[1, 2], [3, 4]]), ("a,b\n1,2\n", [[1, 2]]), ("1e39,1\n", REFUSED),
                   ("1,5;2,5\n", REFUSED), ("nan,inf\n1,2\n", [[NAN, INF], [1, 2]]), ("1,2\n,\n", REFUSED)):
    gives(f"the table {text!r}", TABLE, [path("x.csv", text)], want)

# ---- weights: what is not read may be of any type; of several models that which fits in shape ----

LAYER = path("layer.ordo", "layer L {\n  w: f32[2] ~ zeros\n  fn (x: f32[2]) -> f32[2] { x * w }\n}\n")
W = ("F32", [2], struct.pack("<2f", 3, 4))
WRONG = ("F32", [3], bytes(12))


def safetensors(tensors, header=None, metadata=None):
    entries, content = {}, b""
    for name, (dtype, shape, data) in tensors.items():
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(content), len(content) + len(data)]}
        content += data
    if metadata:
        entries["__metadata__"] = metadata
    text = (header or json.dumps(entries)).encode()
    return path("w.safetensors", struct.pack("<Q", len(text)) + text + content)


def weights(name, tensors, want, **header):
    gives(name, LAYER, ["[1, 1]"], want, "L", (f"--weights={safetensors(tensors, **header)}",))


for dtype, size in (("F8_E4M3", 4), ("F8_E5M2", 4), ("C64", 32), ("I8", 4), ("U64", 32), ("BOOL", 4), ("F4", 2), ("NEW", 3)):
    weights(f"an unread {dtype}", {"z": (dtype, [4], bytes(size)), "w": W}, [3, 4])
weights("F16", {"w": ("F16", [2], struct.pack("<2e", 3, 4))}, [3, 4])
weights("F64", {"w": ("F64", [2], struct.pack("<2d", 3, 4))}, [3, 4])
weights("a read F8", {"w": ("F8_E4M3", [2], bytes(2))}, REFUSED)
weights("no elements", {"e": ("F32", [0, 2**62], b""), "w": W}, [3, 4])
weights("another shape", {"w": WRONG}, REFUSED)
weights("a model of the file", {"net.w": W}, [3, 4])
weights("two of them", {"a.w": W, "b.w": W}, REFUSED)
weights("two, of which one fits", {"a.w": WRONG, "b.w": W}, [3, 4])
weights("one without a name that does not fit", {"w": WRONG, "b.w": W}, [3, 4])
weights("two of which none fits", {"a.w": WRONG, "b.w": WRONG}, REFUSED)
entry = '{"dtype": "F32", "shape": %s, "data_offsets": [%d, %d]}'
for name, header in (("a key twice", '{"w": %s, "\\u0077": %s}' % ((entry % ("[2]", 0, 8),) * 2)),
                     ("a hole", '{"w": %s}' % (entry % ("[2]", 4, 12))), ("below 0", '{"w": %s}' % (entry % ("[-2]", 0, 8)))):
    weights(name, {"w": ("F32", [3], bytes(12) if name == "a hole" else bytes(8))}, REFUSED, header=header)

# ---- lines of data: how many are kept, and why others are not ----


def lines(columns, content, kept, dropped=0, file="d.tsv", options=""):
    kind = file.split(".")[1]
    path(file, content)
    spec = path("data.ordo", f'data d = {kind}("{file}"{options}) {{ {columns} }}\n')
    result = ordo("data", "--json", spec)
    if kept is REFUSED:
        return check(f"{columns} of {content!r}", refused(result), result.stdout, kept)
    found = json.loads(result.stdout)["d"] if not result.returncode else {"splits": {}, "faults": []}
    got = (found["splits"].get("train"), sum(fault["lines"] for fault in found["faults"]))
    check(f"{columns} of {content[:300]!r}", got == (kept, dropped), (got, result.stderr), (kept, dropped))


def jsonl(*rows):
    return "".join(row + "\n" for row in rows)


TEXT = "t: chars[S]"
lines(TEXT, jsonl('{"t": "a", "x": ' + "[" * 5000 + "]" * 5000 + "}", '{"a": 1, "a": 2, "t": "b"}', '{"\\u0074": "c"}',
                  '{"z": "\\ud83d", "t": "d"}', '{"n": -1e-999, "t": "e"}', '{"n": 1E+999, "t": "f"}', '{"v": "\\x41", "t": "g"}',
                  '{"v": 123456789012345678901234567890, "t": "h"}'), 8, file="d.jsonl")
lines(TEXT, b'{"t": "a", "v": "\xff"}\n{"t": "b\xff"}\n\xef\xbb\xbf\n', 1, 2, file="d.jsonl")
lines(TEXT, jsonl('{"t": "a"}', '{"t": "b",}', '{t: "c"}', "['t']", '"t"', "null", '{"t": "e"} x', '{"t": "f"'), 1, 7, file="d.jsonl")
lines(TEXT, jsonl('{"t": "a"}', '{"t": "x", "t": "b"}', '{"t": null}', '{"u": "c"}', '{"t": {"a": 1}}', '{"t": "\\ud83d"}'), 1, 5,
      file="d.jsonl")
lines(TEXT, '\ufeff{"t": "a\u2028b\u0085"}\r\n\r\n{"t": "c"}', 2, file="d.jsonl")
NUMBERS = "x: i32 y: f32"
lines(NUMBERS, "-2147483648\t1e38\n2147483647.0\t-3.4028234e38\n+7\t.5\n007\t5.\n1e3\t1e-400\n0.0\t1" + "0" * 38 + "\n1\t" + "0" * 500
      + "1\n1\t0." + "0" * 400 + "1e400\n", 8)
lines(NUMBERS, "".join(f"{x}\t{y}\n" for x, y in (
    (1, 1), (-2147483649, 1), (1, "nan"), (1, "-inf"), (1, "3.4028236e38"), (1, "0x10"), ("1_000", 1), ("\u0661", 1), ("", 1),
    ("--1", 1), ("1e10", 1), ("1e-1", 1), (1, "1e"), (1, "1 2"))), 1, 13)
lines("b: bool", "true\nfalse\n1\n0\n2\nyes\n", 4, 2)
lines("k: <10>", "0\n9\n9.0\n10\n-1\n1.5\n", 3, 3)
lines("k: i32[2]", "-2147483648 2147483647\n1\n1 2 3\n1 3000000000\n", 1, 3)
lines("src: chars[S] tgt: chars[T]", "\ufefftgt\tsrc\r\na\tb\r\n", 1, options=", header = true")
lines("src: chars[S]", "src\tsrc\na\tb\n", REFUSED, options=", header = true")
done()
