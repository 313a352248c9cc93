# args: run {} main --json
# exit: 0
# Places of a loop that lie inside by what is asserted: of values from outside of the loop, and of values that are made in it.
fn outside(x: f32[N]) -> (f32, f32) {
  assert N >= 4
  scan t in 3, s = 0.0, r = 0.0 {
    s = 10 * s + x[t + 1]
    r = 10 * r + x[3 - t]
  }
  (s, r)
}
fn inside(x: f32[N]) -> (f32, f32) {
  assert N >= 4
  scan t in 3, s = 0.0, r = 0.0 {
    y = x * 2
    s = 10 * s + y[t + 1]
    r = 10 * r + y[3 - t]
  }
  (s, r)
}
fn main() {
  x[i] = f32(i) with i in 5
  (a, b) = inside(x)
  (outside(x), a, b, grad(a, x), grad(b, x))
}
# ---
{"result1": 123,
 "result2": 321,
 "a": 246,
 "b": 642,
 "result5": [0, 200, 20, 2, 0],
 "result6": [0, 2, 20, 200, 0]}
