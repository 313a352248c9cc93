# args: run --stop-after=contract {} look
# exit: 0
# Where a masked branch was a product of tensors, its derivatives are products, too: the mask stays in front of them.
fn look(q: f32[T, K], k: f32[S, K], see: bool[T, S]) -> (f32[T, K], f32[S, K]) {
  e[t, s] = sum[i](q[t, i] * k[s, i])
  l = sum(where(see, tanh(e), 0))
  grad(l, (q, k))
}
# ---
graph &0 "look" {
  %0: f32[T, K] = param(index=0) "q"
  %1: f32[S, K] = param(index=1) "k"
  %2: bool[T, S] = param(index=2) "see"
  %3: f32[T, S] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1]) "e"
  %4: f32[T, S] = tanh(%3)
  %5: f32[T, S] = const(value=1)
  %6: f32[T, S] = mul(%4, %4)
  %7: f32[T, S] = sub(%5, %6)
  %8: f32[T, S] = const(value=0)
  %9: f32[T, S] = where(%2, %7, %8)
  %10: f32[S, K] = dot(%9, %0, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])
  %11: f32[T, K] = dot(%9, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
  return %11, %10
}
