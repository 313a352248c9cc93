# args: run {} both i=1 y="[1, inf]" x="[3, nan]" --json
# exit: 0
fn both(x: f32[N], y: f32[N], i: <N>) -> (f32[N], f32, bool) {
  (x + y, x[i], x[i] > y[i])
}
# ---
{"result1": [4, "nan"],
 "result2": "nan",
 "result3": false}
