# args: check
# exit: 1
fn late(x: f32[B, T], w: f32[K]) -> f32[B, T] {
  y[b, t] = sum[k](x[b, t + k] * w[k]) with t in T
  y
}

fn one_more(x: f32[T], w: f32[K], S: size) {
  y[t] = sum[k](x[S*t + k] * w[k]) with t in (T - K) / S + 2
  y
}

fn early(x: f32[T]) -> f32[T] {
  y[t] = x[2*t - 1] with t in T / 2
  y
}

fn unknown(x: f32[T], s: i32, w: f32[K]) {
  y[t] = x[s * t] with t in T
  z[k] = w[k / 2 - 1]
  u[t] = sum[k](x[t + k])
  (y, z, u)
}
# ---
E0210_computed.ordo:2:25: error[E0210]: the range of positions from 0 to K + T - 2 is not known to lie in an axis of T
  2 |   y[b, t] = sum[k](x[b, t + k] * w[k]) with t in T
    |                         ^^^^^
    = help: fewer places stay inside (... with t in ...), and so do more elements: pad[t](x[b, t], 1, 1)

E0210_computed.ordo:7:19: error[E0210]: the range of positions from 0 to S*floor((-K + T)/S) + K + S - 1 does not lie in an axis of T
  7 |   y[t] = sum[k](x[S*t + k] * w[k]) with t in (T - K) / S + 2
    |                   ^^^^^^^
    = help: fewer places stay inside (... with t in ...), and so do more elements: pad[t](x[b, t], 1, 1)

E0210_computed.ordo:12:12: error[E0210]: the range of positions from -1 to 2*floor(T/2) - 3 does not lie in an axis of T
  12 |   y[t] = x[2*t - 1] with t in T / 2
     |            ^^^^^^^
     = help: fewer places stay inside (... with t in ...), and so do more elements: pad[t](x[b, t], 1, 1)

E0210_computed.ordo:17:12: error[E0224]: i32 cannot be a subscript
  17 |   y[t] = x[s * t] with t in T
     |            ^^^^^
     = help: index(e, T) makes an index of it, cut into range

E0210_computed.ordo:18:12: error[E0212]: nothing tells the extent of the index 'k'
  18 |   z[k] = w[k / 2 - 1]
     |            ^^^^^
E0210_computed.ordo:18:5: note: 'k' is introduced here
  18 |   z[k] = w[k / 2 - 1]
     |     ^
     = help: add its extent at the end of the statement: ... with k in K

E0210_computed.ordo:19:19: error[E0212]: nothing tells the extent of the index 't'
  19 |   u[t] = sum[k](x[t + k])
     |                   ^^^^^
E0210_computed.ordo:19:5: note: 't' is introduced here
  19 |   u[t] = sum[k](x[t + k])
     |     ^
     = help: add its extent at the end of the statement: ... with t in T

6 errors
