# args: bisect {} --passes=distribute{shards=4},fuse,plan
# exit: 0
# file: graph.ir
graph &0 "step" {
  %0: f32[3, 2] = param(index=0, role="weight") "W"
  %1: f32[12, 5, 3] = param(index=1, role="feed") "x"
  %2: <7>[12] = param(index=2, role="feed") "at"
  %3: f32[60, 3] = reshape(%1)
  %4: f32[60, 2] = dot(%3, %0, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0]) "y"
  %5: f32[12, 5, 2] = reshape(%4)
  %6: f32[5, 12, 2] = transpose(%5, perm=[1, 0, 2])
  %7: f32[60, 2] = reshape(%6)
  %8: f32[2] = sum(%7, axes=[0]) "total"
  %9: f32[12] = max_over(%5, axes=[1, 2])
  %10: f32 = max_over(%9, axes=[0]) "top"
  %11: f32[7] = scatter_add(%2, %9, axis=0, batch=0) "by place"
  %12: f32[12] = sort(%9, axis=0)
  %13: f32[12] = mul(%12, %9)
  %14: f32 = sum(%13, axes=[0]) "coupled"
  return %8 "total", %10 "top", %11 "places", %14 "coupled"
}
# ---
nothing is wrong: 2 graphs and the compiled code agree, on arguments drawn with seed 1
