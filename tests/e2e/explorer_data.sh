#!/usr/bin/env bash
# The data of the explorer's page, without a browser: what it says of stages is what the graphs of these stages are, and nothing in
# it can end its element.
. "$(dirname "$0")/common.sh"
cd "$root" || exit 1
cat >"$work/check.py" <<'P'
import json, re, subprocess, sys

ordo, page, *model = sys.argv[1:]
text = open(page).read()
blocks = re.findall(r'<script id="(\w+)" type="application/json">(.*?)</script>', text, re.S)
assert [name for name, _ in blocks] == ["data", "files"], "two blocks of data"
data, files = (json.loads(block) for _, block in blocks)
strings, here, wrong, kinds = data["strings"], {}, [], ("const", "size", "item", "param", "broadcast", "scan", "call", "kernel")

def live(g):
    needed = {r["node"] for r in g["results"]}
    for node in reversed(g["nodes"]):
        if node["id"] in needed:
            needed.update(node["operands"])
    return [n for n in g["nodes"] if n["id"] in needed]

def ops(g, functions):
    for n in live(g):
        if n["op"] not in kinds:
            yield n["op"] + " " + n["type"]["text"]
        if "body" in n:
            yield from ops(n["body"], functions)
        if "calls" in n:
            yield from ops(functions[n["calls"]], functions)

for at, stage in enumerate(data["stages"]):
    records, i = stage["records"], 0
    while i < len(records):
        length, id, kind = records[i], records[i + 1], records[i + 2]
        fields = records[i + 1:i + 1 + length]
        arrows = fields[16:16 + 2 * fields[15]]
        here[id] = (kind, strings[fields[3]] + " " + strings[fields[6]], [a >> 1 for a in arrows[::2]], fields[8])
        wrong += [f"a frame of {id}" for f in (fields[8], fields[9]) if f >= len(data["frames"])]
        i += length + 1
    for id in stage["gone"]:
        del here[id]
    wrong += [f"{stage['name']}: {id} has an operand that is not there" for id, (_, _, operands, _) in here.items() for o in operands if o not in here]
    again = any(s["name"] == stage["name"] for s in data["stages"][at + 1:])
    if again or stage["name"] in ("plan",):
        continue
    asked = [] if at == 0 else ["--after", stage["name"]]
    graph = json.loads(subprocess.run([ordo, "show", *model, *asked, "--format", "json"], capture_output=True, check=True).stdout)
    want = sorted(ops(graph["graph"], graph["functions"]))
    got = sorted(what for kind, what, _, _ in here.values() if kind == 0)
    if want != got:
        wrong.append(f"{stage['name']}: {len(got)} ops, the graph has {len(want)}")
fuse = next((s for s in data["stages"] if s["name"] == "fuse"), None)
if fuse and len(fuse["gone"]) > 0.02 * len(here):
    wrong.append(f"fuse removes {len(fuse['gone'])} of {len(here)} values")
places = data["places"]
if any(places[k] >= len(files) for k in range(0, len(places), 3)):
    wrong.append("a file that is not there")
print("\n".join(wrong[:20]))
sys.exit(bool(wrong))
P
while read -r what; do
  expect 0 "the page of $what" bash -c "'$ordo' show $what -o '$work/page.html'"
  expect 0 "the data of $what" bash -c "python3 '$work/check.py' '$ordo' '$work/page.html' $what"
done <<'M'
docs/pictures/attend.ordo
models/sort.ordo
models/g2p.ordo
models/reward/gate.ordo ppo
M
finish
