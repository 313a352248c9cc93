"""arrays.py make FOLDER: arguments for tests/build/parts.c, as .npy for 'ordo run' and as plain bytes.
arrays.py same FOLDER [TOLERANCE]: compares what the program wrote with what 'ordo run' wrote (.npz)."""
import pathlib
import random
import struct
import sys
import zipfile

SHAPES = {"x": ("f4", (37, 53)), "n": ("f4", (37, 7, 4)), "k": ("i4", (37,)), "m": ("i4", (53,)), "y": ("f8", (19, 11))}
BELOW = {"k": 53, "m": 19}
RESULTS = {"sorts": "soup", "spreads": "rgz", "draws": "d", "best": ["best"], "Net": "h"}


def write_npy(path, kind, shape, data):
    head = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': {shape!r}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data)


def make(folder):
    draw = random.Random(3)
    for name, (kind, shape) in SHAPES.items():
        count = 1
        for extent in shape:
            count *= extent
        values = [draw.randrange(BELOW[name]) if kind == "i4" else draw.gauss(0, 1) for _ in range(count)]
        data = struct.pack(f"<{count}{ {'f4': 'f', 'i4': 'i', 'f8': 'd'}[kind] }", *values)
        write_npy(folder / f"{name}.npy", kind, shape, data)
        (folder / f"{name}.bin").write_bytes(data)


def read_npy(data):
    start = 10 + struct.unpack("<H", data[8:10])[0]
    return data[start:], {"f4": "f", "i4": "i", "f8": "d"}[data[10:start].decode().split("'descr': '<")[1][:2]]


def same(folder, tolerance):
    wrong = 0
    for function, names in RESULTS.items():
        path = folder / f"{function}.npz"
        with zipfile.ZipFile(path) as archive:
            results = [read_npy(archive.read(entry)) for entry in archive.namelist()]
        for name, (expected, kind) in zip(names, results, strict=True):
            got = (folder / f"{name}.out").read_bytes()
            a, b = (struct.unpack(f"<{len(bytes_) // struct.calcsize(kind)}{kind}", bytes_) for bytes_ in (expected, got))
            far = [i for i in range(len(a)) if not (abs(a[i] - b[i]) <= tolerance * (1 + abs(a[i])) or a[i] == b[i])]
            if len(a) != len(b) or (tolerance == 0 and expected != got) or far:
                wrong += 1
                print(f"{function}: {name} differs")
    return wrong


def main():
    folder = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "make":
        make(folder)
        return 0
    return 1 if same(folder, float(sys.argv[3]) if len(sys.argv) > 3 else 0) else 0


sys.exit(main())
