# args: run --stop-after=contract {} look
# exit: 0
# The same with factors and signs between the product and the mask.
fn look(q: f32[T, K], k: f32[S, K], see: bool[T, S]) -> (f32[T, K], f32[S, K]) {
  e[t, s] = sum[i](q[t, i] * k[s, i] * 0.5)
  l = sum(where(see, tanh(-e), 0))
  grad(l, (q, k))
}
# ---
graph &0 "look" {
  %0: f32[T, K] = param(index=0) "q"
  %1: f32[S, K] = param(index=1) "k"
  %2: bool[T, S] = param(index=2) "see"
  %3: f32[T, S] = const(value=0.5)
  %4: f32[T, S] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1])
  %5: f32[T, S] = const(value=-0.5)
  %6: f32[T, S] = mul(%4, %5)
  %7: f32[T, S] = tanh(%6)
  %8: f32[T, S] = mul(%7, %7)
  %9: f32[T, S] = const(value=-1)
  %10: f32[T, S] = add(%8, %9)
  %11: f32[T, S] = mul(%10, %3)
  %12: f32[T, S] = const(value=0)
  %13: f32[T, S] = where(%2, %11, %12)
  %14: f32[S, K] = dot(%13, %0, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])
  %15: f32[T, K] = dot(%13, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
  return %15, %14
}
