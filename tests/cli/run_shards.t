# args: run {} --random
# exit: 0
# file: graph.ir
graph &0 "sums" {
  %0: f32[4, 2] = param(index=0, role="feed") "x"
  %1: f32[2*count'shards, 2] = slice(%0, starts=[2*first'shards, 0])
  %2: f32[count'shards, 2, 2] = reshape(%1)
  %3: f32[count'shards, 2] = sum(%2, axes=[1])
  %4: f32[2] = all_reduce(%3, axes=[0], shards=2) "total"
  %5: f32[4, 2] = all_gather(%1, axis=0, starts=[2*first'shards], shards=2) "rows"
  return %4 "total", %5 "rows"
}
# ---
total = [-3.24, 2.005]
rows = 
[[1.533, -0.2739],
 [-1.894, 1.884],
 [-1.575, -0.6907],
 [-1.305, 1.086]]
