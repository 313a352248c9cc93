# args: check
# exit: 1
fn f(x: f32[B, T], n: i32, k: <T>[B]) {
  a[b, u] = pad[t](x[b, t], -1, 1)
  c[b, u] = pad[t](x[b, 0], 1, 1)
  d[b, u] = pad[t](x[b, t], 1)
  e[u, v] = pad[b, t](x[b, t], 1, 1)
  g = pad(x, n, 1)
  h = pad(k, 1, 1)
  i = pad(x, 1, 1, sum(x))
  j = pad[axis = 2](x, 1, 1)
  l = pad(i32(x), 1, 1, 0.5)
  m[b, t] = pad[t](x[b, t], 1, 1) + x[b, t]
  0
}
# ---
E0232_pad.ordo:2:13: error[E0232]: pad adds a number of elements that is at least 0, not -1
  2 |   a[b, u] = pad[t](x[b, t], -1, 1)
    |             ^^^^^^^^^^^^^^^^^^^^^^
    = help: x[a:b] takes some away

E0232_pad.ordo:3:17: error[E0226]: the index 't' does not occur in the operand
  3 |   c[b, u] = pad[t](x[b, 0], 1, 1)
    |                 ^

E0232_pad.ordo:4:13: error[E0215]: pad takes a tensor, how many elements come before and behind it, and perhaps a number
  4 |   d[b, u] = pad[t](x[b, t], 1)
    |             ^^^^^^^^^^^^^^^^^^
    = help: y[b, u] = pad[t](x[b, t], 1, 1)

E0232_pad.ordo:5:13: error[E0230]: 'pad' works along exactly one index
  5 |   e[u, v] = pad[b, t](x[b, t], 1, 1)
    |             ^^^^^^^^^^^^^^^^^^^^^^^^

E0232_pad.ordo:6:7: error[E0213]: a size is wanted, not i32
  6 |   g = pad(x, n, 1)
    |       ^^^^^^^^^^^^

E0232_pad.ordo:7:7: error[E0207]: indices are not padded: which of them would a number be?
  7 |   h = pad(k, 1, 1)
    |       ^^^^^^^^^^^^
    = got       <T>[B]

E0232_pad.ordo:8:7: error[E0214]: pad fills with a number that is known, not f32
  8 |   i = pad(x, 1, 1, sum(x))
    |       ^^^^^^^^^^^^^^^^^^^^

E0232_pad.ordo:9:7: error[E0205]: there is no axis 2 to pad in f32[B, T]
  9 |   j = pad[axis = 2](x, 1, 1)
    |       ^^^^^^^^^^^^^^^^^^^^^^

E0232_pad.ordo:10:7: error[E0206]: i32[B, T] is not filled with 0.5
  10 |   l = pad(i32(x), 1, 1, 0.5)
     |       ^^^^^^^^^^^^^^^^^^^^^^

E0232_pad.ordo:11:13: error[E0209]: the right side depends on the index 't', which is not on the left
  11 |   m[b, t] = pad[t](x[b, t], 1, 1) + x[b, t]
     |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

10 errors
