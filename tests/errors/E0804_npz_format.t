# args: run {} notes.npz
# exit: 1
fn rows(x: f32[B, N]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  s
}
# +++ notes.npz
no archive
# ---
error[E0804]: 'notes.npz' is no valid .npz file: Not a zip archive

1 error
