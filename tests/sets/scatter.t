# args: check --sets
# exit: 0
# The edges of a graph have no order: what they add up to does not depend on one, and a softmax over those that meet moves along.
fn messages(dst: <N>[B, {E}], m: f32[B, {E}, H]) -> f32[B, N, H] {
  y[b, dst[b, e], h] = sum[e](m[b, e, h])
  y
}

fn segment_softmax(dst: <N>[{E}], m: f32[{E}]) -> f32[{E}] {
  top[dst[e]] = max[e](m[e])
  z[e] = exp(m[e] - top[dst[e]])
  s[dst[e]] = sum[e](z[e])
  p[e] = z[e] / s[dst[e]]
  p
}

fn masked(dst: <N>[B, E], m: f32[B, E], there: mask[B, E]) -> f32[B, N] {
  y[b, dst[b, e]] = sum[e](where(there[b, e], m[b, e], 0))
  y
}
# ---
messages, set {E}
value     type          fact                   place
dst       <N>[B, E]     equivariant in axis 1  scatter.ordo:2:13
m         f32[B, E, H]  equivariant in axis 1  scatter.ordo:2:31
y         f32[B, N, H]  invariant              scatter.ordo:3:24
result y  f32[B, N, H]  invariant              scatter.ordo:3:24

segment_softmax, set {E}
value     type    fact                   place
dst       <N>[E]  equivariant in axis 0  scatter.ordo:7:20
m         f32[E]  equivariant in axis 0  scatter.ordo:7:35
top       f32[N]  invariant              scatter.ordo:8:17
z         f32[E]  equivariant in axis 0  scatter.ordo:9:10
s         f32[N]  invariant              scatter.ordo:10:15
p         f32[E]  equivariant in axis 0  scatter.ordo:11:10
result p  f32[E]  equivariant in axis 0  scatter.ordo:11:10

masked, padding of E
value     type        fact                                  place
dst       <N>[B, E]   local, anything at padding in axis 1  scatter.ordo:15:11
m         f32[B, E]   local, anything at padding in axis 1  scatter.ordo:15:27
there     bool[B, E]  independent, 0 at padding in axis 1   scatter.ordo:15:41
y         f32[B, N]   independent                           scatter.ordo:16:21
result y  f32[B, N]   independent                           scatter.ordo:16:21

