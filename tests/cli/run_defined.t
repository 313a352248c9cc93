# args: run {} f -D N=4 -D SHIFT=0.5
# exit: 0
const N = 2
const SHIFT = 0
fn f() -> f32[N] {
  y[n] = f32(n) + SHIFT with n in N
  y
}
# ---
[0.5, 1.5, 2.5, 3.5]
