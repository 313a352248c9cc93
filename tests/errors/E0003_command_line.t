# args: run {} --sed 1
# exit: 2
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# ---
error[E0003]: 'ordo run' has no option '--sed'
    = help: did you mean '--seed'?

1 error
