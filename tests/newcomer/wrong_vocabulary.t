# args: check
# exit: 1
fn f(tok: <SRC>[B, T], E: f32[TGT, D]) -> f32[B, T, D] {
  y[b, t, d] = E[tok[b, t], d]
  y
}
# ---
wrong_vocabulary.ordo:2:18: error[E0207]: this index points into an axis of SRC, not of TGT
  2 |   y[b, t, d] = E[tok[b, t], d]
    |                  ^^^^^^^^^
    = expected  <TGT>
    = got       <SRC>

1 error
