# args: check
# exit: 1
# A summary is put in front of the elements.
fn with_summary(x: f32[B, {N}, D]) {
  m[b, k, d] = mean[n](x[b, n, d]) with k in 1
  concat[axis = 1](m, x)
}
# ---
set_concat.ordo:4:3: error[E0410]: something is put before or behind the elements of the set {N}, in order
  4 |   concat[axis = 1](m, x)
    |   ^^^^^^^^^^^^^^^^^^^^^^
set_concat.ordo:2:17: note: the set {N} is declared here
  2 | fn with_summary(x: f32[B, {N}, D]) {
    |                 ^^^^^^^^^^^^^^^^^
    = help: concat along another axis (the features); or reduce each set and combine the results; or write as_sequence(x) if the order matters

1 error
