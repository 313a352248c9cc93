# args: run {} sizes "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]" --digits 0
# exit: 0
# More than 2^32 elements that are never stored: counted and averaged.
fn sizes(x: f32[A]) -> (f64, f32, f32) {
  z[i, j] = x[i] with j in A*A*A*A*A*A*A
  (f64(A*A*A*A*A*A*A*A*A), mean(z), sum(z))
}
# ---
result1 = 68719476736
result2 = 1
result3 = 4.2949673e+09
