# args: run {} pair '[1, 2]'
# exit: 0
# Whoever gives the size decides: 'inner' alone cannot be run, 'pair' can.
fn inner(x: f32[N]) -> f32 {
  if N == 2 { y = 1.0 } else { y = 2.0 }
  y + x[0]
}
fn pair(x: f32[2]) -> f32 { inner(x) }
# ---
2
