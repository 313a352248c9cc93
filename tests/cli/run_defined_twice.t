# args: run {} f -D N=3 -D N=2
# exit: 0
const N = 1
fn f() -> f32[N] {
  y[n] = f32(n) with n in N
  y
}
# ---
[0, 1]
