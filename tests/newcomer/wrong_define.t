# args: check {} -D HIDDEN=3
# exit: 1
const H = 2
fn f(x: f32[B, H]) -> f32[B] {
  y[b] = sum[h](x[b, h])
  y
}
# ---
error[E0201]: -D HIDDEN=3: there is no constant 'HIDDEN'

1 error
