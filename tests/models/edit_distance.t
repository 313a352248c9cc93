# args: run {} t "[[1,2,3,4,0,0],[1,2,3,4,5,0],[0,0,0,0,0,0],[1,1,2,3,5,8],[3,1,2,0,0,0]]" "[[1,3,4,4,0,0,0],[1,2,9,2,3,4,5],[9,1,2,0,0,0,0],[8,5,3,2,1,1,0],[1,2,3,9,3,1,1]]"
# exit: 0
import edit
# 'whole' counts 9 as a token; for 'nearest' it stands between references. Checked by hand.
fn t(a: i32[B, U], b: i32[B, T]) -> (f32[B], f32[B], f32[B]) {
  x[i, u] = index(a[i, u], 10)
  y[i, t] = index(b[i, t], 10)
  bar[i] = index(9, 10) with i in B
  whole = edit_distance(x, a > 0, y, b > 0)
  (nearest, length) = nearest_distance(x, a > 0, y, b > 0, bar)
  (whole, nearest, length)
}
# ---
whole = [2, 2, 3, 6, 5]
nearest = [2, 1, 0, 6, 1]
length = [4, 4, 0, 6, 3]
