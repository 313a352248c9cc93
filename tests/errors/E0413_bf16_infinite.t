# args: opt {} --passes=sets
# exit: 1
# file: graph.ir
graph &0 "pad" {
  %0: f32[B, N] = param(index=0, sets=[1]) "w"
  %1: bool[B, N] = param(index=1, sets=[1], mask=1) "m"
  %2: f32[B, N, D] = param(index=2, sets=[1]) "x"
  %3: f32[B, N] = const(value=0)
  %4: f32[B, N] = where(%1, %0, %3)
  %5: bool[B, N, D] = broadcast(%1, axes=[0, 1])
  %6: f32[B, N, D] = const(value=-3.4e+38)
  %7: f32[B, N, D] = where(%5, %2, %6)
  %8: f32[B, D] = dot(%4, %7, batch_a=[0], batch_b=[0], contract_a=[1], contract_b=[1], precision="bf16")
  return %8 "y"
}
# ---
graph.ir:10:3: error[E0413]: padding of the axis N is summed in a product
  10 |   %8: f32[B, D] = dot(%4, %7, batch_a=[0], batch_b=[0], contract_a=[1], contract_b=[1], precision="bf16")
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
graph.ir:3:3: note: the axis N is padded: this mask says so
   3 |   %1: bool[B, N] = param(index=1, sets=[1], mask=1) "m"
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: put 0 there first, in one of the two: sum[n](where(mask[b, n], a[b, n], 0) * x[b, n])

1 error
