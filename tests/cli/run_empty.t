# args: run {} all "[[], []]" "[]"
# exit: 0
# What is given for no elements, and what is computed for no rows, where nothing needs an element.
fn all(x: f32[B, N], w: f32[M]) {
  add[b] = sum[n](x[b, n])
  multiply[b] = prod[n](x[b, n])
  largest[b] = max[n](x[b, n])
  smallest[b] = min[n](x[b, n])
  average[b] = mean[n](x[b, n])
  log_sum[b] = logsumexp[n](x[b, n])
  some[b] = any[n](x[b, n] > 0)
  each[b] = all[n](x[b, n] > 0)
  soft[b, n] = softmax[n](x[b, n])
  order[b, n] = argsort[n](x[b, n])
  scan n in N, h = zeros(B) { h = h + x[:, n]; states[:, n] = h }
  product[b, m] = sum[n](x[b, n] * w[m])
  found = x[:, index(iota(M), N)]
  whole = concat(x, x)
  l = sum(x ** 2) + sum(w ** 2)
  (add, multiply, largest, smallest, average, log_sum, some, each, soft, order, h, states, product, whole, grad(l, x), grad(l, w))
}
# ---
add = [0, 0]
multiply = [1, 1]
largest = [-inf, -inf]
smallest = [inf, inf]
average = [nan, nan]
log_sum = [-inf, -inf]
some = [false, false]
each = [true, true]
soft = 
[[],
 []]
order = 
[[],
 []]
h = [0, 0]
states = 
[[],
 []]
product = 
[[],
 []]
whole = 
[[],
 []]
result15 = 
[[],
 []]
result16 = []
