# args: check {}
# exit: 1
# A batch norm with statistics of all places.
fn normed(x: f32[B, N, D], there: mask[B, N]) -> f32[B, N, D] {
  mu[d] = mean[b, n](x[b, n, d])
  v[d] = mean[b, n]((x[b, n, d] - mu[d]) ** 2)
  y[b, n, d] = (x[b, n, d] - mu[d]) / sqrt(v[d] + 1e-5)
  y
}
# ---
mask_norm.ordo:3:11: error[E0413]: padding of the axis N is summed
  3 |   mu[d] = mean[b, n](x[b, n, d])
    |           ^^^^^^^^^^^^^^^^^^^^^^
mask_norm.ordo:2:28: note: the axis N is padded: this mask says so
  2 | fn normed(x: f32[B, N, D], there: mask[B, N]) -> f32[B, N, D] {
    |                            ^^^^^^^^^^^^^^^^^
    = help: put 0 there first: sum[n](where(mask[b, n], x[b, n], 0))

1 error
