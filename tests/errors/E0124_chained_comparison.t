# args: check
# exit: 1
fn f(x: f32[B]) -> bool[B] {
  0 < x < 1
}
fn g(x: f32[B], y: f32[B], z: f32[B]) -> bool[B] {
  x == y == z and x <= y
}
# ---
E0124_chained_comparison.ordo:2:9: error[E0124]: comparisons do not chain
  2 |   0 < x < 1
    |         ^
    = help: write them one by one: a < b and b < c

E0124_chained_comparison.ordo:5:10: error[E0124]: comparisons do not chain
  5 |   x == y == z and x <= y
    |          ^^
    = help: write them one by one: a < b and b < c

2 errors
