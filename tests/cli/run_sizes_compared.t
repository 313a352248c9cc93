# args: run {} f "[1, 2, 3]" "[1, 2]"
# exit: 0
# Conditions on sizes that only the call tells are values: chosen by, passed on, compared with each other, inside index notation.
fn pick(x: f32[N], long: bool) -> f32[N] { where(long, x, -x) }
fn f(x: f32[N], y: f32[M]) {
  z[n] = where(N > 3 or x[n] > 1, x[n], 0)
  (pick(x, N > M), pick(x, not (M < N)), where(N > 2 and M > 1, 1, 0), (N > 3) == (M > 3), z, where(f32(N) > 2.5, y, -y))
}
# ---
result1 = [1, 2, 3]
result2 = [-1, -2, -3]
result3 = 1
result4 = true
z = [0, 2, 3]
result6 = [1, 2]
