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
SequenceLSTM.masked, padding of T
value     type          fact                                            place
x         f32[B, T, I]  local, anything at padding in axis 1            models/lib/rnn.ordo:63:13
there     bool[B, T]    independent, 0 at padding in axis 1             models/lib/rnn.ordo:63:30
cell.i    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.f    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.g    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.o    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.c'   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
h         f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:66:11
c         f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:67:11
h         f32[B, H]     independent                                     models/lib/rnn.ordo:64:10
y         f32[B, T, H]  local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
result y  f32[B, T, H]  local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
result h  f32[B, H]     independent                                     models/lib/rnn.ordo:64:10

SequenceLSTM.back, padding of T
value     type          fact                                            place
x         f32[B, T, I]  local, anything at padding in axis 1            models/lib/rnn.ordo:73:11
there     bool[B, T]    independent, 0 at padding in axis 1             models/lib/rnn.ordo:73:28
cell.i    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.f    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.g    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.o    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.c'   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
h         f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:76:11
c         f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:77:11
h         f32[B, H]     independent                                     models/lib/rnn.ordo:74:10
y         f32[B, T, H]  independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result y  f32[B, T, H]  independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result h  f32[B, H]     independent                                     models/lib/rnn.ordo:74:10

SequenceGRU.masked, padding of T
value     type          fact                                            place
x         f32[B, T, I]  local, anything at padding in axis 1            models/lib/rnn.ordo:100:13
there     bool[B, T]    independent, 0 at padding in axis 1             models/lib/rnn.ordo:100:30
cell.xr   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:35:20
cell.xz   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:35:20
cell.xn   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:35:20
cell.hr   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:36:20
cell.hz   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:36:20
cell.hn   f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:36:20
cell.r    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:37:9
cell.z    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:38:9
cell.n    f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:39:9
h         f32[B, H]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:102:11
h         f32[B, H]     independent                                     models/lib/rnn.ordo:101:10
y         f32[B, T, H]  local, anything at padding in axis 1            models/lib/rnn.ordo:101:10
result y  f32[B, T, H]  local, anything at padding in axis 1            models/lib/rnn.ordo:101:10
result h  f32[B, H]     independent                                     models/lib/rnn.ordo:101:10

BiLSTM.(), padding of T
value             type            fact                                            place
x                 f32[B, T, I]    local, anything at padding in axis 1            models/lib/rnn.ordo:114:7
there             bool[B, T]      independent, 0 at padding in axis 1             models/lib/rnn.ordo:114:24
forth.cell.i      f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
forth.cell.f      f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
forth.cell.g      f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
forth.cell.o      f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
forth.cell.c'     f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
forth.h           f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:66:11
forth.c           f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:67:11
forth.h           f32[B, H]       independent                                     models/lib/rnn.ordo:64:10
forth.y           f32[B, T, H]    local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
backward.cell.i   f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
backward.cell.f   f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
backward.cell.g   f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
backward.cell.o   f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
backward.cell.c'  f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
backward.h        f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:76:11
backward.c        f32[B, H]       local, anything at padding in axis of the loop  models/lib/rnn.ordo:77:11
backward.h        f32[B, H]       independent                                     models/lib/rnn.ordo:74:10
backward.y        f32[B, T, H]    independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result 0          f32[B, T, 2*H]  local, anything at padding in axis 1            models/lib/rnn.ordo:117:6
result 1          f32[B, 2*H]     independent                                     models/lib/rnn.ordo:117:20

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

SequenceLSTM.masked, padding of T
value     type           fact                                            place
x         f32[B, T, 96]  local, anything at padding in axis 1            models/lib/rnn.ordo:63:13
there     bool[B, T]     independent, 0 at padding in axis 1             models/lib/rnn.ordo:63:30
cell.i    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.f    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.g    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.o    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.c'   f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
h         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:66:11
c         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:67:11
h         f32[B, 48]     independent                                     models/lib/rnn.ordo:64:10
y         f32[B, T, 48]  local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
result y  f32[B, T, 48]  local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
result h  f32[B, 48]     independent                                     models/lib/rnn.ordo:64:10

SequenceLSTM.back, padding of T
value     type           fact                                            place
x         f32[B, T, 96]  local, anything at padding in axis 1            models/lib/rnn.ordo:73:11
there     bool[B, T]     independent, 0 at padding in axis 1             models/lib/rnn.ordo:73:28
cell.i    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.f    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.g    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.o    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.c'   f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
h         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:76:11
c         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:77:11
h         f32[B, 48]     independent                                     models/lib/rnn.ordo:74:10
y         f32[B, T, 48]  independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result y  f32[B, T, 48]  independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result h  f32[B, 48]     independent                                     models/lib/rnn.ordo:74:10

SequenceLSTM.masked, padding of T
value     type           fact                                            place
x         f32[B, T, 48]  local, anything at padding in axis 1            models/lib/rnn.ordo:63:13
there     bool[B, T]     independent, 0 at padding in axis 1             models/lib/rnn.ordo:63:30
cell.i    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.f    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.g    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.o    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.c'   f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
h         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:66:11
c         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:67:11
h         f32[B, 48]     independent                                     models/lib/rnn.ordo:64:10
y         f32[B, T, 48]  local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
result y  f32[B, T, 48]  local, anything at padding in axis 1            models/lib/rnn.ordo:64:10
result h  f32[B, 48]     independent                                     models/lib/rnn.ordo:64:10

SequenceLSTM.back, padding of T
value     type           fact                                            place
x         f32[B, T, 48]  local, anything at padding in axis 1            models/lib/rnn.ordo:73:11
there     bool[B, T]     independent, 0 at padding in axis 1             models/lib/rnn.ordo:73:28
cell.i    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.f    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.g    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.o    f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:22:20
cell.c'   f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:23:10
h         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:76:11
c         f32[B, 48]     local, anything at padding in axis of the loop  models/lib/rnn.ordo:77:11
h         f32[B, 48]     independent                                     models/lib/rnn.ordo:74:10
y         f32[B, T, 48]  independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result y  f32[B, T, 48]  independent, 0 at padding in axis 1             models/lib/rnn.ordo:74:10
result h  f32[B, 48]     independent                                     models/lib/rnn.ordo:74:10

