# args: run {} noise 4 --seed 3
# exit: 0
fn noise(scale: f32) -> f32[3] {
  y[n] = scale * normal(0, 1) with n in 3
  y
}
# ---
[0.3099, -1.401, -0.8853]
