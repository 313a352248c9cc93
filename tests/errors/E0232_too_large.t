# args: check -D W=1099511627776
# exit: 1
# The index of a place in both axes would point into W * W.
const W = 3
fn f(p: f32[B]) {
  table = zeros(W, W)
  i = randint(W, [B])
  y[b] = p[b] * table[i[b], i[b]]
  y
}
# ---
E0232_too_large.ordo:5:7: error[E0232]: 1099511627776 does not fit i32
  5 |   i = randint(W, [B])
    |       ^^^^^^^^^^^^^^^
    = help: f32(..) and f64(..) of a size are taken from 64 bits

E0232_too_large.ordo:6:17: error[E0232]: a size does not fit 64 bits: cast: a size of <?>[B] is not known or does not fit 64 bits
  6 |   y[b] = p[b] * table[i[b], i[b]]
    |                 ^^^^^^^^^^^^^^^^^

2 errors
