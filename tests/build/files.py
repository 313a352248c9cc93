"""files.py make CHECKPOINT FOLDER writes files that are no good weights for Net, and some that are; check FOLDER reads
what weights.c says of them on its input. same A B compares the tensors of two files;
indices FILE NAME NUMBER... writes a tensor of i32."""
import json
import pathlib
import struct
import sys


def read(path):
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    return header, data[8 + length :]


def pack(header, data, pad=8):
    text = (header if isinstance(header, str) else json.dumps(header)).encode()
    text += b" " * (-(8 + len(text)) % pad)
    return struct.pack("<Q", len(text)) + text + data


def entry(begin, end, shape, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def files(header, data):
    """name: (code, part of the message, bytes)"""
    checked = header
    header = {k: v for k, v in header.items() if k != "__metadata__"}
    W = "Net.first.W"
    begin, end = header[W]["data_offsets"]
    last = max(header, key=lambda name: header[name]["data_offsets"][1])
    good, size, text = pack(header, data), len(data), json.dumps(header)

    def with_(name, **change):
        return pack({**header, name: {**header[name], **change}}, data)

    def text_of(old, new, count=1):
        assert old in text, old
        return pack(text.replace(old, new, count), data)

    def meta(pairs):
        return pack({"__metadata__": pairs, **header}, data)

    def moved(n, more=None):
        out = {k: {**v, "data_offsets": [o + n for o in v["data_offsets"]]} for k, v in header.items()}
        return {"front": entry(0, n, [n], "I8"), **out, **(more or {})}

    deep = "[" * 100000
    return {
        "good": (0, "", good),
        "checked": (0, "", pack(checked, data)),
        "unaligned": (0, "", pack(moved(1), b"x" + data)),
        "odd_header": (0, "", pack(text + " " * (3 - (len(text) + 8) % 4), data, 1)),
        "spaced": (0, "", pack(json.dumps(header, indent=2), data)),
        "escaped": (0, "", text_of(W, "\\u004eet\\u002efirst.W")),
        "others": (0, "", pack({**header, "\U0001f600": entry(size, size + 8, [1], "C64")}, data + bytes(8))),
        "many_axes": (0, "", pack({**header, "x": entry(size, size + 4, [1] * 17)}, data + bytes(4))),
        "meta": (0, "", meta({"ordo.step": "5", "a": '"\\\n\u00e9\U0001f600'})),
        "empty": (9, "0 bytes cannot hold", b""),
        "short": (9, "7 bytes cannot hold", good[:7]),
        "only_length": (9, "cannot hold a header", good[:8]),
        "in_header": (9, "cannot hold a header", good[:40]),
        "cut": (9, f"tensor '{last}' ends behind", good[:-1]),
        "longer": (9, "1 bytes follow", good + b"x"),
        "huge": (9, "cannot hold", struct.pack("<Q", 2**64 - 1) + good[8:]),
        "huge_signed": (9, "cannot hold", struct.pack("<Q", 2**63 - 4) + good[8:]),
        "no_header": (9, "cannot hold", struct.pack("<Q", 0) + good[8:]),
        "npz": (9, "cannot hold", b"PK\x03\x04" + bytes(30)),
        "no_json": (9, "does not begin with '{'", pack("x" * 40, data)),
        "blank_first": (9, "does not begin", pack(" " + text, data)),
        "list": (9, "does not begin", pack("[]", b"")),
        "open_end": (9, "expected ','", pack(text[:-1], data)),
        "comma_end": (9, "expected '\"'", pack(text[:-1] + ",}", data)),
        "behind": (9, "something follows", pack(text + "{}", data)),
        "deep": (9, "expected '{'", pack('{"a": ' + deep, data)),
        "deep_shape": (9, "expected a whole number", pack('{"a": {"shape": ' + deep, data)),
        "not_utf8": (9, "no UTF-8", good[:12] + b"\xff" + good[13:]),
        "zero_in_name": (9, "a zero in a text", text_of(W, W + "\\u0000")),
        "half": (9, "half a character", text_of(W, "\\ud800x")),
        "escape": (9, "unknown escape", text_of(W, "\\x")),
        "control": (9, "control character", text_of(W, "a\nb")),
        "negative": (9, "expected a whole number", with_(W, shape=[-4, 5])),
        "fraction": (9, "expected ','", with_(W, shape=[4.5, 5])),
        "exponent": (9, "expected ','", text_of("[4, 5]", "[4e0, 5]")),
        "zeros": (9, "begins with 0", text_of("[4, 5]", "[04, 5]")),
        "too_large": (9, "too large a number", with_(W, shape=[2**63, 5])),
        "null": (9, "expected", with_(W, shape=None)),
        "backwards": (9, "bad data_offsets", with_(W, data_offsets=[end, begin])),
        "three": (9, "bad data_offsets", with_(W, data_offsets=[begin, end, end])),
        "outside": (9, "", with_(W, data_offsets=[2**62, 2**62 + 80])),
        "overlap": (9, "overlaps", pack({**header, "x": entry(0, 4, [1])}, data)),
        "hole": (9, "hole", pack({**header, "x": entry(size + 4, size + 8, [1])}, data + bytes(8))),
        "twice": (9, "is there twice", pack(text[:-1] + ', "x": %s, "x": %s}' % ((json.dumps(entry(size, size, [0])),) * 2), data)),
        "same_key": (9, "twice", text_of('"dtype": "F32"', '"dtype": "F32", "dtype": "F32"')),
        "no_dtype": (9, "has dtype, shape", text_of('"dtype": "F32", ', "")),
        "more_keys": (9, "has dtype, shape", text_of('"dtype": "F32"', '"dtype": "F32", "x": 1')),
        "meta_number": (9, "expected '\"'", meta({"a": 1})),
        "meta_twice": (9, "twice", pack('{"__metadata__": {"a": "b", "a": "c"}, ' + text[1:], data)),
        "bad_step": (9, "'ordo.step' is no number", meta({"ordo.step": "-3"})),
        "bad_seed": (9, "'ordo.seed' is no number", meta({"ordo.seed": "99999999999999999999"})),
        "crc": (9, f"weight '{W}' is damaged", meta({f"ordo.crc32.{W}": "00000000"})),
        "meta_crc": (9, "metadata is damaged", meta({"ordo.crc32": "12345678", "ordo.step": "7"})),
        "damaged": (9, "is damaged", pack(checked, bytes([data[0] ^ 1]) + data[1:])),
        "missing": (10, f"weight '{W}' is not in the file", text_of(W, "Net.first.V")),
        "shape": (10, f"'{W}' is F32[5, 4] in the file, expected F32[4, 5]", with_(W, shape=[5, 4])),
        "rank": (10, "F32[20] in the file", with_(W, shape=[20])),
        "axes": (10, "in the file, expected F32[4, 5]", with_(W, shape=[4, 5] + [1] * 20)),
        "type": (10, "is I32[4, 5] in the file", with_(W, dtype="I32")),
        "unknown_type": (10, "is Z[4, 5] in the file", with_(W, dtype="Z")),
        "lies": (10, "in the file, expected", with_(W, shape=[2**31, 2**33])),
        "bytes": (10, "in the file, expected", pack({**header, "x": header[W], W: entry(size, size + 84, [4, 5])}, data + bytes(84))),
        "renamed": (10, "'Net.first.W' is not in the file", pack(text.replace("Net.", "net."), data)),
        "bare": (10, "'Net.first.W' is not in the file", pack(text.replace("Net.", ""), data)),
        "none": (10, "is not in the file", pack({}, b"")),
    }


if sys.argv[1] == "make":
    for name, (code, message, data) in files(*read(sys.argv[2])).items():
        (pathlib.Path(sys.argv[3]) / name).write_bytes(data)
elif sys.argv[1] == "check":
    said = dict(line.rstrip("\n").split(": ", 1) for line in sys.stdin)
    expected = files(*read(sys.argv[2]))
    for name, (code, message, _) in expected.items():
        got, why = said[name].split(": ", 1)
        if int(got) != code or message not in why:
            sys.exit(f"{name}: {got} '{why}', expected {code} '{message}'")
    if len(said) != len(expected):
        sys.exit("other files")
elif sys.argv[1] == "indices":
    values = [int(value) for value in sys.argv[4:]]
    data = struct.pack(f"<{len(values)}i", *values)
    pathlib.Path(sys.argv[2]).write_bytes(pack({sys.argv[3]: entry(0, len(data), [len(values)], "I32")}, data))
else:
    one, other = (
        {name: (t["dtype"], t["shape"], data[slice(*t["data_offsets"])]) for name, t in header.items() if name != "__metadata__"}
        for header, data in map(read, sys.argv[2:4])
    )
    if not one or one != other:
        sys.exit("other tensors")
