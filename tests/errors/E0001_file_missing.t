# args: check nowhere/model.ordo {}
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# ---
error[E0001]: there is no model 'nowhere/model.ordo'
    = help: looked for it in the current folder

1 error
