# args: prove {} f --causal=T
# exit: 1
# A mask that lets one later place through.
fn f(x: f32[B, T, D]) -> f32[B, T, D] {
  e[b, t, u] = sum[d](x[b, t, d] * x[b, u, d])
  s[b, t, u] = where(u <= t + 1, e[b, t, u], -inf)
  a[b, t, u] = softmax[u](s[b, t, u])
  r[b, t, d] = sum[u](a[b, t, u] * x[b, u, d])
  r
}
# ---
f, later places of T
  e                    f32[B, T, T]             depends on later places: all places of T are put together  (E0414_later_places.ordo:3:16)
  s                    f32[B, T, T]             depends on later places: different places of T meet  (E0414_later_places.ordo:4:16)
  a                    f32[B, T, T]             depends on later places: all places of T are put together  (E0414_later_places.ordo:5:16)
  r                    f32[B, T, D]             depends on later places: all places of T are put together  (E0414_later_places.ordo:5:16)
  => r                 f32[B, T, D]             depends on later places: all places of T are put together  (E0414_later_places.ordo:5:16)

E0414_later_places.ordo:5:16: error[E0414]: r depends on later places of T: all places of T are put together
  5 |   a[b, t, u] = softmax[u](s[b, t, u])
    |                ^^^^^^^^^^^^^^^^^^^^^^
E0414_later_places.ordo:2:6: note: 'x' has the axis T
  2 | fn f(x: f32[B, T, D]) -> f32[B, T, D] {
    |      ^^^^^^^^^^^^^^^
    = help: put together only what may be seen: where(u <= t, e[t, u], -inf) in front of a softmax over u

1 error
