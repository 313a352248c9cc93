# args: prove {} f --causal=x.1 --json
# An axis of one argument, by its place.
fn f(x: f32[B, 4], w: f32[4]) -> (f32[B, 4], f32[B]) {
  y[b, t] = cumsum[t](x[b, t]) * w[t]
  z[b] = x[b, 0]
  (y, z)
}
# ---
{"function": "f", "claim": "causal", "of": "x.1", "result": "y", "proved": true, "axis": 1, "if_finite": false, "if_far": false, "counts": false, "fact": "causal along axis 1", "place": "prove_json.ordo:3:13"}
{"function": "f", "claim": "causal", "of": "x.1", "result": "z", "proved": false, "axis": null, "if_finite": false, "if_far": false, "counts": false, "fact": "depends on later places: it has no axis of x.1 along which that could be", "place": "prove_json.ordo:4:15"}
prove_json.ordo:4:15: error[E0414]: z depends on later places of x.1: it has no axis of x.1 along which that could be
  4 |   z[b] = x[b, 0]
    |               ^
prove_json.ordo:2:6: note: 'x' has the axis x.1
  2 | fn f(x: f32[B, 4], w: f32[4]) -> (f32[B, 4], f32[B]) {
    |      ^^^^^^^^^^^^
    = help: what is made of the first element only, or of one, is no sequence

1 error
