"""rows FOLDER writes rows.npz and rows4.npy; same STATE CHECKPOINT compares what steps.c wrote with a checkpoint, bit for bit."""
import json
import struct
import sys
import zipfile


def npy(values, columns):
    rows = len(values) // columns
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack("<%df" % len(values), *values)


def f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


if sys.argv[1] == "rows":  # all rows alike, so that the order of a batch plays no role
    with zipfile.ZipFile(sys.argv[2] + "/rows.npz", "w") as out:
        out.writestr("x.npy", npy([f32(i % 4 / 4 - f32(0.3)) for i in range(32)], 4))
        out.writestr("y.npy", npy([f32(i % 3 / 2 - f32(0.7)) for i in range(24)], 3))
    with open(sys.argv[2] + "/rows4.npy", "wb") as out:
        out.write(npy([f32(i / 7 - 1) for i in range(12)], 4))
    sys.exit()
data = open(sys.argv[3], "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + length])
header.pop("__metadata__")
state, at, seen = open(sys.argv[2], "rb").read(), 0, 0
while at < len(state):
    end = state.index(b"\n", at)
    name, n = state[at:end].decode().rsplit(" ", 1)
    begin, stop = header[name]["data_offsets"]
    value = state[end + 1 : end + 1 + int(n)]
    if value != data[8 + length + begin : 8 + length + stop]:
        sys.exit(f"{name}: other bits")
    at, seen = end + 1 + int(n), seen + 1
if seen != len(header):
    sys.exit(f"{seen} tensors of {len(header)}")
