# args: check
# exit: 1
# Functions of other systems, and how they are written here.
fn f(x: f32[B, N], W: f32[N, N], dst: <M>[B]) {
  a = clamp(x, 0, 1)
  b = softplus(x)
  c = norm(x)
  d = var(x)
  e = roll(x, 1)
  g = einsum("bn,nm->bm", x, W)
  h = scatter_add(x, dst)
  i = unsqueeze(x, 1)
  j = topk(x, 5)
  k = mask_fill(x)
  l = detach(x)
  m = len(x)
  n = flaten(x)
  0
}
# ---
other_functions.ordo:3:7: error[E0201]: there is no function 'clamp'
  3 |   a = clamp(x, 0, 1)
    |       ^^^^^
    = help: it is written so: max(lo, min(hi, x)) cuts x into a range

other_functions.ordo:4:7: error[E0201]: there is no function 'softplus'
  4 |   b = softplus(x)
    |       ^^^^^^^^
    = help: it is written so: max(x, 0) + log1p(exp(-abs(x)))

other_functions.ordo:5:7: error[E0201]: there is no function 'norm'
  5 |   c = norm(x)
    |       ^^^^
    = help: it is written so: sqrt(sum(x ** 2)); of each row: n[b] = sqrt(sum[d](x[b, d] ** 2))

other_functions.ordo:6:7: error[E0201]: there is no function 'var'
  6 |   d = var(x)
    |       ^^^
    = help: it is written so: m = mean(x); mean((x - m) ** 2); of each row with indices: mean[d](...)

other_functions.ordo:7:7: error[E0201]: there is no function 'roll'
  7 |   e = roll(x, 1)
    |       ^^^^
    = help: it is written so: y[t] = x[(t + 1) % T] with t in T

other_functions.ordo:8:7: error[E0201]: there is no function 'einsum'
  8 |   g = einsum("bn,nm->bm", x, W)
    |       ^^^^^^
    = help: it is written so: x @ W, or with indices: y[b, o] = sum[i](x[b, i] * W[i, o])

other_functions.ordo:9:7: error[E0201]: there is no function 'scatter_add'
  9 |   h = scatter_add(x, dst)
    |       ^^^^^^^^^^^
    = help: it is written so: y[dst[e], h] = sum[e](m[e, h])

other_functions.ordo:10:7: error[E0201]: there is no function 'unsqueeze'
  10 |   i = unsqueeze(x, 1)
     |       ^^^^^^^^^
     = help: it is written so: 'new' as a subscript: x[:, new]

other_functions.ordo:11:7: error[E0201]: there is no function 'topk'
  11 |   j = topk(x, 5)
     |       ^^^^
     = help: it is written so: k[b, i] = argsort[n](-x[b, n]), then k[:, :5]

other_functions.ordo:12:7: error[E0201]: there is no function 'mask_fill'
  12 |   k = mask_fill(x)
     |       ^^^^^^^^^

other_functions.ordo:13:7: error[E0201]: there is no function 'detach'
  13 |   l = detach(x)
     |       ^^^^^^
     = help: it is written so: stop_gradient(x)

other_functions.ordo:14:7: error[E0201]: there is no function 'len'
  14 |   m = len(x)
     |       ^^^
     = help: it is written so: an extent has a name in the parameter's type: size(N) is its number

other_functions.ordo:15:7: error[E0201]: there is no function 'flaten'
  15 |   n = flaten(x)
     |       ^^^^^^

13 errors
