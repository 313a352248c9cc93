# args: show {} main --format flops.json
# exit: 0
fn part(x: f32[N]) -> f32[N] { where(x > 0, x, -inf) }
fn main(x: f32[T, N], p: <N>) -> (f32[N], f32) {
  scan t in T, h = zeros(N) {
    h = h + 0.5 * part(x[t, :])
  }
  scan t in T, g = h {
    g = g * part(x[t, :])
  }
  (g, h[p])
}
# ---
{"main": {"name": "FLOPs", "results": {
"5": {"value": 4096},
"6": {"value": 4096},
"7": {"value": 4096},
"8": {"value": 4096},
"12": {"value": 4096},
"13": {"value": 4096},
"14": {"value": 4096},
"15": {"value": 1}},
"gradient": [{"stop": 0, "bgColor": "#fff7ec"}, {"stop": 1, "bgColor": "#d7301f"}]}}
