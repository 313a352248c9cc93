#!/usr/bin/env bash
# Metrics as TensorBoard reads them: records and checksums by a small reader, and the whole by TensorBoard's own (pip: tensorboard; ORDO_TENSORBOARD_PYTHON
# names an interpreter that has it). A resumed run makes it forget what came after its checkpoint.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >m.ordo <<'END'
import linear
import optimizers
const LR = 0.05
train t {
  net = Linear(1, 1)
  steps = 60
  step {
    x[b, i] = uniform(-3, 3) with b in 8, i in 1
    loss = mean((net(x) - sin(x)) ** 2)
    minimize loss over net with adam(lr = LR)
    log loss, "a<b/\u{1F600}" = 0 * loss / 0
  }
  eval valid every 20 { log error = mean(net(ones(4, 1))) }
}
END
train=("$ordo" train m.ordo --threads 1 -q --tensorboard)
cat >read.py <<'END'
import struct, sys, glob, json, os

def crc32c(data):
    c = 0xffffffff
    for byte in data:
        c ^= byte
        for _ in range(8):
            c = c >> 1 ^ 0x82f63b78 if c & 1 else c >> 1
    c ^= 0xffffffff
    return ((c >> 15 | c << 17) + 0xa282ead8) & 0xffffffff

def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 128:
            return value, at

def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            n = {1: 8, 5: 4}.get(key & 7)
            if n is None:
                n, at = varint(data, at)
            value, at = data[at:at + n], at + n
        yield key >> 3, value

def records(path):
    data, at = open(path, "rb").read(), 0
    while at < len(data):
        (n,), (crc,) = struct.unpack_from("<Q", data, at), struct.unpack_from("<I", data, at + 8)
        assert crc == crc32c(data[at:at + 8]), "checksum of a length"
        body = data[at + 12:at + 12 + n]
        assert struct.unpack_from("<I", data, at + 12 + n)[0] == crc32c(body), "checksum of a record"
        yield dict(fields(body))
        at += 16 + n

def by_hand(folder):
    found = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "events.out.tfevents.*"))):
        for i, event in enumerate(records(path)):
            assert i or event[3] == b"brain.Event:2", "the first record"
            assert struct.unpack("<d", event[1])[0] > 1.6e9, "the time"
            step = event.get(2, 0)
            if 7 in event:
                assert dict(fields(event[7])) == {1: 1}
                found = {tag: [p for p in points if p[0] < step] for tag, points in found.items()}
            for number, value in fields(event.get(5, b"")):
                one = dict(fields(value))
                found.setdefault(one[1].decode(), []).append((step, struct.unpack("<f", one[2])[0]))
    return found

def by_tensorboard(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    a = EventAccumulator(folder)
    a.Reload()
    return {tag: [(e.step, e.value) for e in a.Scalars(tag)] for tag in a.Tags()["scalars"]}

def metrics(folder):
    found = {}
    for line in open(os.path.join(folder, "metrics.jsonl"), encoding="utf-8"):
        row = json.loads(line)
        for name, value in row.items():
            if name not in ("step", "section"):
                value = struct.unpack("<f", struct.pack("<f", float(value)))[0]
                found.setdefault(row["section"] + "/" + name, []).append((row["step"], value))
    return found

want, got = metrics(sys.argv[2]), (by_tensorboard if sys.argv[1] == "tensorboard" else by_hand)(sys.argv[2])
if repr(sorted(want.items())) != repr(sorted(got.items())):
    sys.exit("%s\n%s" % (sorted(want.items()), sorted(got.items())))
END
readers() {
  expect 0 "$2, read by hand" python3 read.py hand "$1"
  [ -z "$own" ] || expect 0 "$2, read by TensorBoard" "$own" read.py tensorboard "$1"
}
own=
for python in "${ORDO_TENSORBOARD_PYTHON:-}" python3; do
  [ -n "$python" ] && [ -z "$own" ] && "$python" -c 'import tensorboard' 2>/dev/null && own=$python
done
[ -n "$own" ] || echo "[SKIP] TensorBoard's own reader: there is no package 'tensorboard' (pip)"

expect 0 "a run" "${train[@]}" --out whole
readers whole "a run"
[ "$(ls whole | grep -c tfevents)" = 1 ] || fail "one file for one run"

# Killed at step 60 with a checkpoint of step 30: what came after it is forgotten.
expect 0 "half a run" "${train[@]}" --out half --steps 30
cp half/checkpoint.safetensors whole/
expect 0 "the rest again" "${train[@]}" --out whole --resume --steps 50
readers whole "a resumed run"
[ "$(ls whole | grep -c tfevents)" = 2 ] || fail "a file for each part"

# A complete run is left alone; a new one takes its place; without the option there is no file.
touch -d 2020-01-01 whole/*
expect 0 "a complete run" "${train[@]}" --out whole --resume --steps 50
[ -z "$(find whole -newermt 2021-01-01 -type f)" ] || fail "a complete run is written again"
expect 0 "a new run" "${train[@]}" --out whole --steps 20
readers whole "a new run in an old folder"
[ "$(ls whole | grep -c tfevents)" = 1 ] || fail "files of the old run stay"
expect 0 "without it" "$ordo" train m.ordo -q --out plain --steps 5
ls plain | grep -q tfevents && fail "a file that nobody asked for"

expect 1 "a folder that is no folder" "${train[@]}" --out m.ordo
finish
