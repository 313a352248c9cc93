# args: opt {} --passes=simplify,contract --verify-each
# exit: 0
# file: graph.ir
graph &0 "kept" {
  %0: f32[K, M] = param(index=0) "a"
  %1: f32[K, N] = param(index=1) "b"
  %2: f32[M, K] = transpose(%0, perm=[1, 0])
  %3: f32[M, N] = dot(%2, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], precision="bf16")
  %4: f32[N, M] = transpose(%3, perm=[1, 0])
  %5: f32[K, M] = const(value=3)
  %6: f32[N, M] = dot(%1, %5, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %7: f32 = const(value=0.1)
  %8: f32[K, M] = broadcast(%7, axes=[])
  %9: f32[K, M] = mul(%0, %8)
  %10: f32[N, M] = dot(%1, %9, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %11: f32[K] = param(index=2) "v"
  %12: f32[M] = dot(%0, %11, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %13: f32[N] = sum(%10, axes=[1])
  %14: f32[N, M] = dot(%1, %0, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])
  %15: f32[K, N, M] = dot(%1, %0, batch_a=[0], batch_b=[0], contract_a=[], contract_b=[], precision="bf16")
  return %4 "y", %6 "splat", %12 "vector", %13 "sum", %14 "f32", %15 "outer"
}
# ---
graph &0 "kept" {
  %0: f32[K, M] = param(index=0) "a"
  %1: f32[K, N] = param(index=1) "b"
  %2: f32[K] = param(index=2) "v"
  %3: f32[N, M] = dot(%1, %0, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %4: f32[K, M] = const(value=3)
  %5: f32[N, M] = dot(%1, %4, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %6: f32[K, M] = const(value=0.1)
  %7: f32[K, M] = mul(%0, %6)
  %8: f32[N, M] = dot(%1, %7, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %9: f32[M] = dot(%0, %2, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0], precision="bf16")
  %10: f32[N] = sum(%8, axes=[1])
  %11: f32[N, M] = dot(%1, %0, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])
  %12: f32[K, N, M] = dot(%1, %0, batch_a=[0], batch_b=[0], contract_a=[], contract_b=[], precision="bf16")
  return %3 "y", %5 "splat", %9 "vector", %10 "sum", %11 "f32", %12 "outer"
}
