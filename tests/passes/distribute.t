# args: opt {} --passes=distribute{shards=4} --verify-each --remarks=gathered
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
graph.ir:11:3: missed[distribute:gathered]: rows of all ranks are needed here: they are sent to every rank, and what is made of them is computed by every rank (max_over:f32[12])
graph &0 "step" {
  %0: f32[3, 2] = param(index=0, role="weight") "W"
  %1: f32[12, 5, 3] = param(index=1, role="feed") "x"
  %2: <7>[12] = param(index=2, role="feed") "at"
  %3: f32[3*count'shards, 5, 3] = slice(%1, starts=[3*first'shards, 0, 0])
  %4: <7>[3*count'shards] = slice(%2, starts=[3*first'shards])
  %5: f32[15*count'shards, 3] = reshape(%3)
  %6: f32[15*count'shards, 2] = dot(%5, %0, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0]) "y"
  %7: f32[3*count'shards, 5, 2] = reshape(%6)
  %8: f32[5, 3*count'shards, 2] = transpose(%7, perm=[1, 0, 2])
  %9: f32[5, count'shards, 3, 2] = reshape(%8)
  %10: f32[count'shards, 2] = sum(%9, axes=[0, 2])
  %11: f32[2] = all_reduce(%10, axes=[0], shards=4) "total"
  %12: f32[3*count'shards] = max_over(%7, axes=[1, 2])
  %13: f32[count'shards, 3] = reshape(%12)
  %14: f32[count'shards] = max_over(%13, axes=[1])
  %15: f32[4] = all_gather(%14, axis=0, starts=[first'shards], shards=4)
  %16: f32 = max_over(%15, axes=[0]) "top"
  %17: <7>[count'shards, 3] = reshape(%4)
  %18: f32[count'shards, 7] = scatter_add(%17, %13, axis=1, batch=1)
  %19: f32[7] = all_reduce(%18, axes=[0], shards=4) "by place"
  %20: f32[12] = all_gather(%12, axis=0, starts=[3*first'shards], shards=4)
  %21: f32[12] = sort(%20, axis=0)
  %22: f32[3*count'shards] = slice(%21, starts=[3*first'shards])
  %23: f32[3*count'shards] = mul(%12, %22)
  %24: f32[count'shards, 3] = reshape(%23)
  %25: f32[count'shards] = sum(%24, axes=[1])
  %26: f32 = all_reduce(%25, axes=[0], shards=4) "coupled"
  return %11 "total", %16 "top", %19 "places", %26 "coupled"
}
