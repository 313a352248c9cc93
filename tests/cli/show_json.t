# args: show {} main --format json
# exit: 0
fn part(x: f32[N]) -> f32[N] { where(x > 0, x, -inf) }
fn main(x: f32[T, N], p: <N>) -> (f32[N], f32) {
  scan t in T, h = zeros(N) {
    h = h + 0.5 * part(x[t, :])
  }
  (h, h[p])
}
# ---
{"format": "ordo-graph", "version": 1, "functions": [
  {"name": "part", "nodes": [
    {"id": 0, "op": "param", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"index": 0}, "name": "x", "place": {"file": "show_json.ordo", "line": 1, "column": 9}},
    {"id": 1, "op": "const", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"value": 0}, "place": {"file": "show_json.ordo", "line": 1, "column": 38}},
    {"id": 2, "op": "gt", "type": {"text": "bool[N]", "element": "bool", "dims": ["N"]}, "operands": [0, 1], "attrs": {}, "place": {"file": "show_json.ordo", "line": 1, "column": 38}},
    {"id": 3, "op": "const", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"value": "-inf"}, "place": {"file": "show_json.ordo", "line": 1, "column": 32}},
    {"id": 4, "op": "where", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [2, 0, 3], "attrs": {}, "place": {"file": "show_json.ordo", "line": 1, "column": 32}}
  ], "params": [0], "results": [{"node": 4, "name": ""}]}],
"graph": {"name": "main", "nodes": [
  {"id": 0, "op": "param", "type": {"text": "f32[T, N]", "element": "f32", "dims": ["T", "N"]}, "operands": [], "attrs": {"index": 0}, "name": "x", "place": {"file": "show_json.ordo", "line": 2, "column": 9}},
  {"id": 1, "op": "param", "type": {"text": "<N>", "element": "idx", "into": "N", "dims": []}, "operands": [], "attrs": {"index": 1}, "name": "p", "place": {"file": "show_json.ordo", "line": 2, "column": 23}},
  {"id": 2, "op": "const", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"value": 0}, "place": {"file": "show_json.ordo", "line": 3, "column": 20}},
  {"id": 3, "op": "scan", "type": {"text": "(f32[N])", "items": [{"text": "f32[N]", "element": "f32", "dims": ["N"]}]}, "operands": [2, 0], "attrs": {"length": "T", "carries": 1, "slices": 1}, "place": {"file": "show_json.ordo", "line": 3, "column": 8}, "body": {"name": "t", "nodes": [
      {"id": 0, "op": "param", "type": {"text": "<T>", "element": "idx", "into": "T", "dims": []}, "operands": [], "attrs": {"index": 0}, "name": "t"},
      {"id": 1, "op": "param", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"index": 1}, "name": "h"},
      {"id": 2, "op": "param", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"index": 2}, "name": "x", "place": {"file": "show_json.ordo", "line": 4, "column": 24}},
      {"id": 3, "op": "call", "type": {"text": "(f32[N])", "items": [{"text": "f32[N]", "element": "f32", "dims": ["N"]}]}, "operands": [2], "attrs": {}, "scope": "part", "place": {"file": "show_json.ordo", "line": 4, "column": 19}, "calls": 0},
      {"id": 4, "op": "item", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [3], "attrs": {"index": 0}, "scope": "part", "place": {"file": "show_json.ordo", "line": 4, "column": 19}},
      {"id": 5, "op": "const", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [], "attrs": {"value": 0.5}, "place": {"file": "show_json.ordo", "line": 4, "column": 13}},
      {"id": 6, "op": "mul", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [4, 5], "attrs": {}, "place": {"file": "show_json.ordo", "line": 4, "column": 13}},
      {"id": 7, "op": "add", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [1, 6], "attrs": {}, "name": "h", "place": {"file": "show_json.ordo", "line": 4, "column": 9}}
    ], "params": [0, 1, 2], "results": [{"node": 7, "name": "h"}]}},
  {"id": 4, "op": "item", "type": {"text": "f32[N]", "element": "f32", "dims": ["N"]}, "operands": [3], "attrs": {"index": 0}, "name": "h", "place": {"file": "show_json.ordo", "line": 3, "column": 8}},
  {"id": 5, "op": "gather", "type": {"text": "f32", "element": "f32", "dims": []}, "operands": [4, 1], "attrs": {"axis": 0, "batch": 0}, "place": {"file": "show_json.ordo", "line": 6, "column": 7}}
], "params": [0, 1], "results": [{"node": 4, "name": "h"}, {"node": 5, "name": ""}]}}
