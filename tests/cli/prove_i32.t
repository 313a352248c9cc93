# args: prove {} --causal=T
# exit: 1
# Whole numbers wrap at 32 bits: 't * 2000000 >= 0' is false at some places, 't + 5 >= 0' at none.
fn wraps(x: f32[T]) -> f32[T] {
  s = sum[u](x[u])
  y[t] = where(t * 2000000 >= 0, 0, s)
  y
}

fn fits(x: f32[T]) -> f32[T] {
  s = sum[u](x[u])
  y[t] = where(t + 5 >= 0, 0, s)
  y
}
# ---
wraps, later places of T
  s                    f32                      depends on later places: all places of T are put together  (prove_i32.ordo:3:7)
  y                    f32[T]                   depends on later places: all places of T are put together  (prove_i32.ordo:3:7)
  => y                 f32[T]                   depends on later places: all places of T are put together  (prove_i32.ordo:3:7)

fits, later places of T
  s                    f32                      depends on later places: all places of T are put together  (prove_i32.ordo:9:7)
  y                    f32[T]                   depends on nothing of T  (prove_i32.ordo:10:10)
  => y                 f32[T]                   depends on nothing of T  (prove_i32.ordo:10:10)

prove_i32.ordo:3:7: error[E0414]: y depends on later places of T: all places of T are put together
  3 |   s = sum[u](x[u])
    |       ^^^^^^^^^^^^
prove_i32.ordo:2:10: note: 'x' has the axis T
  2 | fn wraps(x: f32[T]) -> f32[T] {
    |          ^^^^^^^^^
    = help: put together only what may be seen: where(u <= t, e[t, u], -inf) in front of a softmax over u

1 error
