# args: opt {} --passes=contract --verify-each
# exit: 0
# file: graph.ir
graph &0 "attention" {
  %0: f32[B, T, 8] = param(index=0) "q"
  %1: f32[B, N, 8] = param(index=1) "m"
  %2: f32[8, 6] = param(index=2) "W"
  %3: f32[B, T, N, 8] = broadcast(%0, axes=[0, 1, 3])
  %4: f32[B, T, N, 8] = broadcast(%1, axes=[0, 2, 3])
  %5: f32[B, T, N, 8] = mul(%3, %4)
  %6: f32[B, T, N] = sum(%5, axes=[3])
  %7: f32[B, T, N] = exp(%6)
  %8: f32[B, T, N, 8] = broadcast(%7, axes=[0, 1, 2])
  %9: f32[B, T, N, 8] = mul(%8, %4)
  %10: f32[B, T, 8] = sum(%9, axes=[2])
  %11: f32[B, T, 8, 6] = broadcast(%10, axes=[0, 1, 2])
  %12: f32[B, T, 8, 6] = broadcast(%2, axes=[2, 3])
  %13: f32[B, T, 8, 6] = mul(%11, %12)
  %14: f32[B, T, 6] = sum(%13, axes=[2])
  return %14 "y"
}
# ---
graph &0 "attention" {
  %0: f32[B, T, 8] = param(index=0) "q"
  %1: f32[B, N, 8] = param(index=1) "m"
  %2: f32[8, 6] = param(index=2) "W"
  %3: f32[B, T, N] = dot(%0, %1, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[2])
  %4: f32[B, T, N] = exp(%3)
  %5: f32[B, T, 8] = dot(%4, %1, batch_a=[0], batch_b=[0], contract_a=[2], contract_b=[1])
  %6: f32[B*T, 8] = reshape(%5)
  %7: f32[B*T, 6] = dot(%6, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])
  %8: f32[B, T, 6] = reshape(%7)
  return %8 "y"
}
