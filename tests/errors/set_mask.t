# args: check
# exit: 1
# A mask made from positions: the elements before and after another one.
fn causal(x: f32[B, {N}, D]) -> f32[B, {N}, D] {
  e[b, n, m] = sum[d](x[b, n, d] * x[b, m, d])
  s[b, n, m] = where(m <= n, e[b, n, m], -inf)
  a[b, n, m] = softmax[m](s[b, n, m])
  r[b, n, d] = sum[m](a[b, n, m] * x[b, m, d])
  r
}
# ---
set_mask.ordo:4:16: error[E0411]: the position in the set {N} is used as a number
  4 |   s[b, n, m] = where(m <= n, e[b, n, m], -inf)
    |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
set_mask.ordo:2:11: note: the set {N} is declared here
  2 | fn causal(x: f32[B, {N}, D]) -> f32[B, {N}, D] {
    |           ^^^^^^^^^^^^^^^^^
set_mask.ordo:3:16: note: its elements come through 'e'
  3 |   e[b, n, m] = sum[d](x[b, n, d] * x[b, m, d])
    |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
set_mask.ordo:4:22: note: the positions are made here
  4 |   s[b, n, m] = where(m <= n, e[b, n, m], -inf)
    |                      ^^^^^^
    = help: the elements have no positions: compare an index with an index into the set (n == k[b]), give the elements their position as data, or write as_sequence(x) if the order matters

1 error
