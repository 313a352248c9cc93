# args: prove {} f --rows=B
# exit: 1
# Numbers of the batch as a whole.
fn f(x: f32[B, D]) -> f32[B, D] {
  m[d] = mean[b](x[b, d])
  y[b, d] = tanh(x[b, d] - m[d])
  y
}
# ---
f, rows of B
  m                    f32[D]                   depends on several rows: all places of B are put together  (E0414_several_rows.ordo:3:10)
  y                    f32[B, D]                depends on several rows: all places of B are put together  (E0414_several_rows.ordo:3:10)
  => y                 f32[B, D]                depends on several rows: all places of B are put together  (E0414_several_rows.ordo:3:10)

E0414_several_rows.ordo:3:10: error[E0414]: y depends on several rows of B: all places of B are put together
  3 |   m[d] = mean[b](x[b, d])
    |          ^^^^^^^^^^^^^^^^
E0414_several_rows.ordo:2:6: note: 'x' has the axis B
  2 | fn f(x: f32[B, D]) -> f32[B, D] {
    |      ^^^^^^^^^^^^
    = help: put together only what may be seen: where(u <= t, e[t, u], -inf) in front of a softmax over u

1 error
