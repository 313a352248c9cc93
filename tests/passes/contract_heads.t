# args: opt {} --passes=contract,fuse,plan --dump-after=plan --verify-each
# exit: 0
# file: graph.ir
graph &0 "heads" {
  %0: f32[B, T, 4, 16] = param(index=0) "q"
  %1: f32[B, S, 4, 16] = param(index=1) "k"
  %2: f32[B, S, 4, 16] = param(index=2) "v"
  %3: f32[B, 4, T, 16] = transpose(%0, perm=[0, 2, 1, 3])
  %4: f32[B, 4, 16, S] = transpose(%1, perm=[0, 2, 3, 1])
  %5: f32[B, 4, T, S] = dot(%3, %4, batch_a=[0, 1], batch_b=[0, 1], contract_a=[3], contract_b=[2])
  %6: f32[B, 4, T, S] = exp(%5)
  %7: f32[B, 4, S, 16] = transpose(%2, perm=[0, 2, 1, 3])
  %8: f32[B, 4, T, 16] = dot(%6, %7, batch_a=[0, 1], batch_b=[0, 1], contract_a=[3], contract_b=[2])
  %9: f32[B, T, 4, 16] = transpose(%8, perm=[0, 2, 1, 3])
  %10: f32[B, T, 64] = reshape(%9)
  return %10 "y"
}
# ---
# after 3: plan
instructions
   0 dot b0 b1 -> b5 with a kernel of its rows
   2 dot b5 b2 -> b3 in the order 0 2 1 3
buffers
  b0 param 0 : f32[B, T, 4, 16] "q"
  b1 param 1 : f32[B, S, 4, 16] "k"
  b2 param 2 : f32[B, S, 4, 16] "v"
  b3 result 0 : f32[B, T, 64]
  b4 rows : f32[B, 4, T, S]
  b5 arena : f32[B, 4, T, S] [0, 2]

graph &0 "heads" {
  %0: f32[B, T, 4, 16] = param(index=0) "q"
  %1: f32[B, S, 4, 16] = param(index=1) "k"
  %2: f32[B, S, 4, 16] = param(index=2) "v"
  %3: f32[B, 4, T, S] = dot(%0, %1, batch_a=[0, 2], batch_b=[0, 2], contract_a=[3], contract_b=[3])
  %4: (f32[B, 4, T, S]) = kernel(%3) body {
    %0: f32[B, 4, T, S] = param(index=0)
    %1: f32[B, 4, T, S] = exp(%0)
    return %1
  }
  %5: f32[B, 4, T, S] = item(%4, index=0)
  %6: f32[B, 4, T, 16] = dot(%5, %2, batch_a=[0, 1], batch_b=[0, 2], contract_a=[3], contract_b=[1])
  %7: f32[B, T, 4, 16] = transpose(%6, perm=[0, 2, 1, 3])
  %8: f32[B, T, 64] = reshape(%7)
  return %8 "y"
}
