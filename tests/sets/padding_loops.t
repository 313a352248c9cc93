# args: check --sets {}
# exit: 0
# Padding that comes first, loops that stop early, derivatives through loops over padded rows, and functions of whole
# matrices: what stands at padding reaches no element.
fn last(x: f32[B, N, H], w: f32[H], there: mask[B, N]) -> f32[B, H] {
  scan t in N, h = zeros(B, H) {
    h[b, d] = where(there[b, t], tanh(x[b, t, d] * w[d] + h[b, d]), h[b, d])
  }
  h
}

fn slopes(x: f32[B, N, H], w: f32[H], there: mask[B, N]) -> (f32[B, N, H], f32[H]) {
  grad(sum(last(x, w, there) ** 2), (x, w))
}

fn slopes_again(x: f32[B, N, H], w: f32[H], there: mask[B, N]) -> f32[H] {
  g = grad(sum(last(x, w, there) ** 2), w)
  grad(sum(g * g), w)
}

fn until_large(x: f32[N], there: mask[N]) -> (f32, f32[N]) {
  scan t in N, s = 0.0 until s > 3 {
    s = where(there[t], s + abs(x[t]), s)
    y[t] = s
  }
  (s, y)
}

fn until_step(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  scan t in N, s = zeros(B) until t >= 4 {
    s[b] = where(there[b, t], s[b] + x[b, t], s[b])
  }
  s
}

fn first_of(x: f32[B, N], there: mask[B, N]) -> f32[B] {
  scan t in N reversed, s = zeros(B) {
    s[b] = where(there[b, t], x[b, t], 1)   # what padding hands on reaches no last step
  }
  s
}

fn fitted(A: f32[K, K], y: f32[K, N], there: mask[N]) -> f32[K, N] { solve(A, y) }

fn factor(A: f32[B, N, N], there: mask[B, N]) -> f32[B, N, N] { cholesky(A) }

fn begun(x: f32[B, N], there: mask[B, N]) -> f32[B, N] {
  y = x
  y[:, 0] = zeros(B)
  y
}
# ---
last, padding of N
value     type          fact                                            place
x         f32[B, N, H]  local, anything at padding in axis 1            padding_loops.ordo:3:9
w         f32[H]        independent                                     padding_loops.ordo:3:26
there     bool[B, N]    independent, 0 at padding in axis 1             padding_loops.ordo:3:37
h         f32[B, H]     local, anything at padding in axis of the loop  padding_loops.ordo:5:15
h         f32[B, H]     independent                                     padding_loops.ordo:4:8
result h  f32[B, H]     independent                                     padding_loops.ordo:4:8

slopes, padding of N
value     type          fact                                                               place
x         f32[B, N, H]  local, anything at padding in axis 1                               padding_loops.ordo:10:11
w         f32[H]        independent                                                        padding_loops.ordo:10:28
there     bool[B, N]    independent, 0 at padding in axis 1                                padding_loops.ordo:10:39
last.h    f32[B, H]     local, anything at padding in axis of the loop                     padding_loops.ordo:5:15
last.h    f32[B, H]     independent                                                        padding_loops.ordo:4:8
result 0  f32[B, N, H]  independent, 0 at padding in axis 1, if padding stands at the end  padding_loops.ordo:5:44
result 1  f32[H]        independent, if padding stands at the end                          padding_loops.ordo:4:8

slopes_again, padding of N
value     type          fact                                            place
x         f32[B, N, H]  local, anything at padding in axis 1            padding_loops.ordo:14:17
w         f32[H]        independent                                     padding_loops.ordo:14:34
there     bool[B, N]    independent, 0 at padding in axis 1             padding_loops.ordo:14:45
last.h    f32[B, H]     local, anything at padding in axis of the loop  padding_loops.ordo:5:15
last.h    f32[B, H]     independent                                     padding_loops.ordo:4:8
result 0  f32[H]        independent, if padding stands at the end       padding_loops.ordo:4:8

until_large, padding of N
value     type     fact                                                                place
x         f32[N]   local, anything at padding in axis 0                                padding_loops.ordo:19:16
there     bool[N]  independent, 0 at padding in axis 0                                 padding_loops.ordo:19:27
s         f32      local, anything at padding in axis of the loop                      padding_loops.ordo:21:9
s         f32      independent, if padding stands at the end                           padding_loops.ordo:20:8
y         f32[N]   local, anything at padding in axis 0, if padding stands at the end  padding_loops.ordo:20:8
result s  f32      independent, if padding stands at the end                           padding_loops.ordo:20:8
result y  f32[N]   local, anything at padding in axis 0, if padding stands at the end  padding_loops.ordo:20:8

until_step, padding of N
value     type        fact                                            place
x         f32[B, N]   local, anything at padding in axis 1            padding_loops.ordo:27:15
there     bool[B, N]  independent, 0 at padding in axis 1             padding_loops.ordo:27:29
s         f32[B]      local, anything at padding in axis of the loop  padding_loops.ordo:29:12
s         f32[B]      independent, if padding stands at the end       padding_loops.ordo:28:8
result s  f32[B]      independent, if padding stands at the end       padding_loops.ordo:28:8

first_of, padding of N
value     type        fact                                                           place
x         f32[B, N]   local, anything at padding in axis 1                           padding_loops.ordo:34:13
there     bool[B, N]  independent, 0 at padding in axis 1                            padding_loops.ordo:34:27
s         f32[B]      independent, 1 at padding in axis of the loop                  padding_loops.ordo:36:12
s         f32[B]      independent, if padding stands at the end, if no row is empty  padding_loops.ordo:35:8
result s  f32[B]      independent, if padding stands at the end, if no row is empty  padding_loops.ordo:35:8

fitted, padding of N
value     type       fact                                                                            place
A         f32[K, K]  independent                                                                     padding_loops.ordo:41:11
y         f32[K, N]  local, anything at padding in axis 1                                            padding_loops.ordo:41:25
there     bool[N]    independent, 0 at padding in axis 0                                             padding_loops.ordo:41:39
result 0  f32[K, N]  local, anything at padding in axis 1, if what is computed of padding is finite  padding_loops.ordo:41:70

factor, padding of N
value     type          fact                                                                                                          place
A         f32[B, N, N]  local, anything at padding in axis 1, anything at padding in axis 2                                           padding_loops.ordo:43:11
there     bool[B, N]    independent, 0 at padding in axis 1                                                                           padding_loops.ordo:43:28
result 0  f32[B, N, N]  local, anything at padding in axis 1, if padding stands at the end, if what is computed of padding is finite  padding_loops.ordo:43:65

begun, padding of N
value     type        fact                                                                place
x         f32[B, N]   local, anything at padding in axis 1                                padding_loops.ordo:45:10
there     bool[B, N]  independent, 0 at padding in axis 1                                 padding_loops.ordo:45:24
y         f32[B, N]   local, anything at padding in axis 1, if padding stands at the end  padding_loops.ordo:47:8
result y  f32[B, N]   local, anything at padding in axis 1, if padding stands at the end  padding_loops.ordo:47:8

