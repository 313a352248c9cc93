# args: check --sets
# exit: 1
# A convolution over masked places: padding that holds 0 reaches no element; other padding does, and so does an index that is cut.
fn conv(x: f32[B, T, I], there: mask[B, T], W: f32[3, I, O]) -> f32[B, T, O] {
  z[b, t, i] = where(there[b, t], x[b, t, i], 0)
  p[b, u, i] = pad[t](z[b, t, i], 1, 1)
  y[b, t, o] = sum[k, i](p[b, t + k, i] * W[k, i, o])
  y
}

fn forgets(x: f32[B, T], there: mask[B, T], w: f32[3]) -> f32[B, T] {
  p[b, u] = pad[t](x[b, t], 1, 1)
  y[b, t] = sum[k](p[b, t + k] * w[k])
  y
}

fn cut(x: f32[B, T], there: mask[B, T]) -> f32[B, T] {
  z[b, t] = where(there[b, t], x[b, t], 0)
  y[b, t] = z[b, min(t + 1, T - 1)]
  y
}

fn set(x: f32[B, {N}]) -> f32[B] {
  y[b] = sum[n](x[b, n] * x[b, (n + 1) % N])
  y
}
# ---
conv, padding of T
value     type              fact                                       place
x         f32[B, T, I]      local, anything at padding in axis 1       windows.ordo:2:9
there     bool[B, T]        independent, 0 at padding in axis 1        windows.ordo:2:26
W         f32[3, I, O]      independent                                windows.ordo:2:45
z         f32[B, T, I]      independent, 0 at padding in axis 1        windows.ordo:3:16
p         f32[B, T + 2, I]  independent, if padding stands at the end  windows.ordo:4:16
y         f32[B, T, O]      independent, if padding stands at the end  windows.ordo:5:16
result y  f32[B, T, O]      independent, if padding stands at the end  windows.ordo:5:16

forgets, padding of T
value     type           fact                                                                 place
x         f32[B, T]      local, anything at padding in axis 1                                 windows.ordo:9:12
there     bool[B, T]     independent, 0 at padding in axis 1                                  windows.ordo:9:26
w         f32[3]         independent                                                          windows.ordo:9:45
p         f32[B, T + 2]  local, anything at padding in axis 1, if padding stands at the end   windows.ordo:10:13
y         f32[B, T]      leaks: an index that may point to padding of the axis T looks it up  windows.ordo:11:13
result y  f32[B, T]      leaks: an index that may point to padding of the axis T looks it up  windows.ordo:11:13

cut, padding of T
value     type        fact                                                               place
x         f32[B, T]   local, anything at padding in axis 1                               windows.ordo:15:8
there     bool[B, T]  independent, 0 at padding in axis 1                                windows.ordo:15:22
z         f32[B, T]   independent, 0 at padding in axis 1                                windows.ordo:16:13
y         f32[B, T]   leaks: a fixed place of the axis T is taken, which may be padding  windows.ordo:17:13
result y  f32[B, T]   leaks: a fixed place of the axis T is taken, which may be padding  windows.ordo:17:13

set, set {N}
value     type       fact                                                                         place
x         f32[B, N]  equivariant in axis 1                                                        windows.ordo:21:8
y         f32[B]     ordered: an index that does not move with the set {N} looks up its elements  windows.ordo:22:10
result y  f32[B]     ordered: an index that does not move with the set {N} looks up its elements  windows.ordo:22:10

windows.ordo:11:20: error[E0413]: an index that may point to padding of the axis T looks it up
  11 |   y[b, t] = sum[k](p[b, t + k] * w[k])
     |                    ^^^^^^^^^^^
windows.ordo:9:26: note: the axis T is padded: this mask says so
   9 | fn forgets(x: f32[B, T], there: mask[B, T], w: f32[3]) -> f32[B, T] {
     |                          ^^^^^^^^^^^^^^^^^
windows.ordo:10:13: note: its padding comes through 'p'
  10 |   p[b, u] = pad[t](x[b, t], 1, 1)
     |             ^^^^^^^^^^^^^^^^^^^^^
     = help: choose it among elements (argmax over where(mask, x, -inf)), or put a number at padding first

windows.ordo:17:18: error[E0413]: a fixed place of the axis T is taken, which may be padding
  17 |   y[b, t] = z[b, min(t + 1, T - 1)]
     |                  ^^^^^^^^^^^^^^^^^
windows.ordo:15:22: note: the axis T is padded: this mask says so
  15 | fn cut(x: f32[B, T], there: mask[B, T]) -> f32[B, T] {
     |                      ^^^^^^^^^^^^^^^^^
windows.ordo:16:13: note: its padding comes through 'z'
  16 |   z[b, t] = where(there[b, t], x[b, t], 0)
     |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: place 0 is an element where no row is empty; look others up by an index that the mask gives, such as argmax[n](where(mask[b, n], f32(n), -inf)) for the last one

windows.ordo:22:27: error[E0410]: an index that does not move with the set {N} looks up its elements
  22 |   y[b] = sum[n](x[b, n] * x[b, (n + 1) % N])
     |                           ^^^^^^^^^^^^^^^^^
windows.ordo:21:8: note: the set {N} is declared here
  21 | fn set(x: f32[B, {N}]) -> f32[B] {
     |        ^^^^^^^^^^^^^^
windows.ordo:22:32: note: the positions are made here
  22 |   y[b] = sum[n](x[b, n] * x[b, (n + 1) % N])
     |                                ^^^^^^^
     = help: look up by an index into the set, such as argmax or argsort over it gives; or write as_sequence(x) if the order matters

3 errors
