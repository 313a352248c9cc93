# args: check --sets
# exit: 0
# What the ten wrong ones should have been.
import rnn

layer Reader(I, H) {
  cell: LSTM(I, H)
  fn (x: f32[B, {N}, I]) -> f32[B, H] {
    s = as_sequence(x)
    scan n in N, h = zeros(B, H), c = zeros(B, H) {
      (h, c) = cell(s[:, n, :], h, c)
    }
    h
  }
}

fn total(x: f32[B, {N}]) -> (f32[B], f32[B, N]) {
  scan n in N, s = zeros(B) {
    s = s + x[:, n] ** 2
    y[:, n] = tanh(x[:, n])
  }
  (s, y)
}

fn others(x: f32[B, {N}, D]) -> f32[B, {N}, D] {
  e[b, n, m] = sum[d](x[b, n, d] * x[b, m, d])
  s[b, n, m] = where(m == n, -inf, e[b, n, m])
  a[b, n, m] = softmax[m](s[b, n, m])
  r[b, n, d] = sum[m](a[b, n, m] * x[b, m, d])
  r
}

fn best(x: f32[B, {N}, D], score: f32[B, {N}]) -> f32[B, D] {
  k[b] = argmax[n](score[b, n])
  y[b, d] = x[b, k[b], d]
  y
}
# ---
Reader.(), set {N}
value     type          fact                   place
x         f32[B, N, I]  equivariant in axis 1  set_given_up.ordo:6:7
s         f32[B, N, I]  ordered on purpose     set_given_up.ordo:7:9
cell.i    f32[B, H]     ordered on purpose     models/lib/rnn.ordo:22:20
cell.f    f32[B, H]     ordered on purpose     models/lib/rnn.ordo:22:20
cell.g    f32[B, H]     ordered on purpose     models/lib/rnn.ordo:22:20
cell.o    f32[B, H]     ordered on purpose     models/lib/rnn.ordo:22:20
cell.c'   f32[B, H]     ordered on purpose     models/lib/rnn.ordo:23:10
h         f32[B, H]     ordered on purpose     set_given_up.ordo:8:10
result h  f32[B, H]     ordered on purpose     set_given_up.ordo:8:10

total, set {N}
value     type       fact                                                                                              place
x         f32[B, N]  equivariant in axis 1                                                                             set_given_up.ordo:15:10
s         f32[B]     ordered: the loop reads the elements of the set {N} one after another, and hands on what it read  set_given_up.ordo:17:9
s         f32[B]     invariant                                                                                         set_given_up.ordo:16:8
y         f32[B, N]  equivariant in axis 1                                                                             set_given_up.ordo:16:8
result s  f32[B]     invariant                                                                                         set_given_up.ordo:16:8
result y  f32[B, N]  equivariant in axis 1                                                                             set_given_up.ordo:16:8

others, set {N}
value     type          fact                      place
x         f32[B, N, D]  equivariant in axis 1     set_given_up.ordo:23:11
e         f32[B, N, N]  equivariant in axis 1, 2  set_given_up.ordo:24:16
s         f32[B, N, N]  equivariant in axis 1, 2  set_given_up.ordo:25:16
a         f32[B, N, N]  equivariant in axis 1, 2  set_given_up.ordo:26:16
r         f32[B, N, D]  equivariant in axis 1     set_given_up.ordo:27:16
result r  f32[B, N, D]  equivariant in axis 1     set_given_up.ordo:27:16

best, set {N}
value     type          fact                               place
x         f32[B, N, D]  equivariant in axis 1              set_given_up.ordo:31:9
score     f32[B, N]     equivariant in axis 1              set_given_up.ordo:31:28
k         <N>[B]        points into the set, without ties  set_given_up.ordo:32:10
y         f32[B, D]     invariant, without ties            set_given_up.ordo:33:13
result y  f32[B, D]     invariant, without ties            set_given_up.ordo:33:13

