# args: check --sets {}
# exit: 0
# Padding that is -inf, of the rows that are shorter, comes to all rows: 0 * -inf is NaN at elements, too, so that
# each sum asks for finite numbers, but for the last one, which takes elements only.
fn cut(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  assert N > 1
  m[b, n] = where(there[b, n], x[b, n], -inf)
  z = sum[b](m[b, 1])
  w[b, n] = where(there[b, n], x[b, n], 0) * z
  s[b] = sum[n](w[b, n])
  s
}

fn mixed(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  assert N > 1
  m[b, n] = where(there[b, n], x[b, n], -inf)
  y[n] = sum[b](m[b, n])
  w[b, n] = where(there[b, n], x[b, n], 0) * y[1]
  s[b] = sum[n](w[b, n])
  s
}

fn least(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  assert N > 1
  m[b, n] = where(there[b, n], x[b, n], -inf)
  z = min[b](m[b, 1])
  w[b, n] = where(there[b, n], x[b, n], 0) * z
  s[b] = sum[n](w[b, n])
  s
}

fn own(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  m[b, n] = where(there[b, n], x[b, n], -inf)
  top[b] = max[n](m[b, n])
  w[b, n] = where(there[b, n], x[b, n], 0) * top[b]
  s[b] = sum[n](w[b, n])
  s
}
# ---
cut, padding of N
value     type        fact                                                                                 place
x         f32[B, N]   local, anything at padding in axis 1                                                 infinite_of_rows.ordo:3:8
there     bool[B, N]  independent, 0 at padding in axis 1                                                  infinite_of_rows.ordo:3:22
m         f32[B, N]   independent, -inf at padding in axis 1                                               infinite_of_rows.ordo:5:13
z         f32         independent, if padding stands at the end                                            infinite_of_rows.ordo:6:7
w         f32[B, N]   independent, 0 at padding in axis 1, if padding stands at the end                    infinite_of_rows.ordo:7:13
s         f32[B]      independent, if padding stands at the end, if what is computed of padding is finite  infinite_of_rows.ordo:8:10
result s  f32[B]      independent, if padding stands at the end, if what is computed of padding is finite  infinite_of_rows.ordo:8:10

mixed, padding of N
value     type        fact                                                                                 place
x         f32[B, N]   local, anything at padding in axis 1                                                 infinite_of_rows.ordo:12:10
there     bool[B, N]  independent, 0 at padding in axis 1                                                  infinite_of_rows.ordo:12:24
m         f32[B, N]   independent, -inf at padding in axis 1                                               infinite_of_rows.ordo:14:13
y         f32[N]      independent, if padding stands at the end                                            infinite_of_rows.ordo:15:10
w         f32[B, N]   independent, 0 at padding in axis 1, if padding stands at the end                    infinite_of_rows.ordo:16:13
s         f32[B]      independent, if padding stands at the end, if what is computed of padding is finite  infinite_of_rows.ordo:17:10
result s  f32[B]      independent, if padding stands at the end, if what is computed of padding is finite  infinite_of_rows.ordo:17:10

least, padding of N
value     type        fact                                                                                 place
x         f32[B, N]   local, anything at padding in axis 1                                                 infinite_of_rows.ordo:21:10
there     bool[B, N]  independent, 0 at padding in axis 1                                                  infinite_of_rows.ordo:21:24
m         f32[B, N]   independent, -inf at padding in axis 1                                               infinite_of_rows.ordo:23:13
z         f32         independent, if padding stands at the end                                            infinite_of_rows.ordo:24:7
w         f32[B, N]   independent, 0 at padding in axis 1, if padding stands at the end                    infinite_of_rows.ordo:25:13
s         f32[B]      independent, if padding stands at the end, if what is computed of padding is finite  infinite_of_rows.ordo:26:10
result s  f32[B]      independent, if padding stands at the end, if what is computed of padding is finite  infinite_of_rows.ordo:26:10

own, padding of N
value     type        fact                                    place
x         f32[B, N]   local, anything at padding in axis 1    infinite_of_rows.ordo:30:8
there     bool[B, N]  independent, 0 at padding in axis 1     infinite_of_rows.ordo:30:22
m         f32[B, N]   independent, -inf at padding in axis 1  infinite_of_rows.ordo:31:13
top       f32[B]      independent                             infinite_of_rows.ordo:32:12
w         f32[B, N]   independent, 0 at padding in axis 1     infinite_of_rows.ordo:33:13
s         f32[B]      independent                             infinite_of_rows.ordo:34:10
result s  f32[B]      independent                             infinite_of_rows.ordo:34:10

