# args: check
# exit: 1
fn f(dst: <N>[E], m: f32[E]) {
  a[dst[e]] = mean[e](m[e])
  b[dst[e]] = softmax[e](m[e])
  c[2 * e] = sum[e](m[e])
  d[dst[k]] = sum[e](m[e])
  g[dst[e]] = m[e]
  a
}
# ---
E0117_scatter.ordo:2:15: error[E0117]: what goes to places that its terms tell is a sum, prod, max, min, any, all or logsumexp
  2 |   a[dst[e]] = mean[e](m[e])
    |               ^^^^^^^^^^^^^
    = help: a mean is a sum divided by the number of terms: n[dst[e]] = sum[e](1.0)

E0117_scatter.ordo:3:15: error[E0117]: what goes to places that its terms tell is a sum, prod, max, min, any, all or logsumexp
  3 |   b[dst[e]] = softmax[e](m[e])
    |               ^^^^^^^^^^^^^^^^
    = help: a mean is a sum divided by the number of terms: n[dst[e]] = sum[e](1.0)

E0117_scatter.ordo:4:5: error[E0117]: a place that the terms tell is an index value, such as dst[e], and this is a number
  4 |   c[2 * e] = sum[e](m[e])
    |     ^^^^^
    = help: index(..., N) makes an index into N places of it

E0117_scatter.ordo:5:5: error[E0117]: a place on the left of '=' is an index, ':' or the counter of a loop
  5 |   d[dst[k]] = sum[e](m[e])
    |     ^^^^^^
    = help: terms are added up at places of their own by a sum: y[dst[e]] = sum[e](m[e])
    = help: tensors are values: a part of one cannot be changed; where(...) makes a changed copy

E0117_scatter.ordo:6:5: error[E0117]: a place on the left of '=' is an index, ':' or the counter of a loop
  6 |   g[dst[e]] = m[e]
    |     ^^^^^^
    = help: terms are added up at places of their own by a sum: y[dst[e]] = sum[e](m[e])
    = help: tensors are values: a part of one cannot be changed; where(...) makes a changed copy

5 errors
