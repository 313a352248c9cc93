# args: show {} attend --around energies,2
# exit: 1
fn attend(q: f32[B, H], m: f32[B, N, H]) -> f32[B, N] {
  e[b, n] = sum[d](q[b, d] * m[b, n, d])
  a[b, n] = softmax[n](e[b, n])
  a
}
# ---
error[E0503]: there is no node 'energies' in the picture
    = help: give a name from the program ('ordo show MODEL FUNCTION --list' lists them), or %N as 'ordo show --format txt' prints it

1 error
