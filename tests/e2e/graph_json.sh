#!/usr/bin/env bash
# The JSON of graphs fits docs/graph.schema.json, and says as much as their text: nodes, operands, results.
. "$(dirname "$0")/common.sh"
cd "$root" || exit 1
cat >"$work/check.py" <<'P'
import json, re, sys

def is_a(value, kind):
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float)}
    return isinstance(value, kinds[kind]) and not isinstance(value, bool)

def faults(value, schema, root, at):
    """What of the schema a value does not keep. Knows the keywords that the schema uses, and refuses others."""
    known = {"$schema", "title", "description", "$defs", "type", "required", "additionalProperties", "properties", "items", "$ref",
             "const", "minimum", "anyOf", "oneOf"}
    assert set(schema) <= known, set(schema) - known
    out = []
    if "$ref" in schema:
        out += faults(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, at)
    if "const" in schema and value != schema["const"]:
        out.append(f"{at}: not {schema['const']!r}")
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_a(value, k) for k in kinds):
            return out + [f"{at}: no {schema['type']}"]
    if "minimum" in schema and value < schema["minimum"]:
        out.append(f"{at}: too small")
    out += [f"{at}: no '{k}'" for k in schema.get("required", []) if k not in value]
    for key, v in value.items() if isinstance(value, dict) else []:
        if key in schema.get("properties", {}):
            out += faults(v, schema["properties"][key], root, f"{at}.{key}")
        elif schema.get("additionalProperties") is False:
            out.append(f"{at}: '{key}' is not known")
        elif isinstance(schema.get("additionalProperties"), dict):
            out += faults(v, schema["additionalProperties"], root, f"{at}.{key}")
    if isinstance(value, list) and "items" in schema:
        for i, v in enumerate(value):
            out += faults(v, schema["items"], root, f"{at}[{i}]")
    for key, most in (("anyOf", None), ("oneOf", 1)):
        if key in schema:
            fit = sum(not faults(value, s, root, at) for s in schema[key])
            if fit == 0 or (most and fit > most):
                out.append(f"{at}: {fit} of {key} fit")
    return out

def graphs(g):
    yield g
    for n in g["nodes"]:
        if "body" in n:
            yield from graphs(n["body"])

document, schema = json.load(open(sys.argv[1])), json.load(open("docs/graph.schema.json"))
text = open(sys.argv[2]).read()
wrong = faults(document, schema, schema, "")
every = [h for g in document["functions"] + [document["graph"]] for h in graphs(g)]
for g in every:
    wrong += [f"node {i} has the id {n['id']}" for i, n in enumerate(g["nodes"]) if n["id"] != i]
    wrong += [f"{n['id']} uses a later node" for n in g["nodes"] for o in n["operands"] if o >= n["id"]]
    wrong += [f"no result {r['node']}" for r in g["results"] if r["node"] >= len(g["nodes"])]
told = re.findall(r"^ *%\d+: (.*?) = (\w+)\((.*)$", text, re.M)
if sum(len(g["nodes"]) for g in every) != len(told):
    wrong.append("not the nodes of the text")
if sorted(n["op"] + n["type"]["text"] for g in every for n in g["nodes"]) != sorted(op + t for t, op, _ in told):
    wrong.append("other ops or types than in the text")
for broken in ({**document, "version": 2}, {**document, "more": 1}, {k: v for k, v in document.items() if k != "graph"}):
    if not faults(broken, schema, schema, ""):
        wrong.append("the schema takes what is none")
print("\n".join(wrong[:20]))
sys.exit(bool(wrong))
P
while read -r what; do
  expect 0 "$what as JSON" bash -c "'$ordo' show $what -o '$work/g.json'"
  expect 0 "$what as text" bash -c "'$ordo' show $what --format txt >'$work/g.txt'"
  expect 0 "the JSON of $what" python3 "$work/check.py" "$work/g.json" "$work/g.txt"
done <<'E'
docs/pictures/attend.ordo
docs/pictures/attend.ordo --after fuse
models/sort.ordo
models/sort.ordo net.loss --after grad
models/sort.ordo net.sorted --after fuse
models/g2p.ordo
models/reward/gate.ordo ppo
E
finish
