# args: bisect {} --passes=distribute{shards=2},fuse,plan
# exit: 0
# file: graph.ir
graph &0 "axes" {
  %0: f32[4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2] = param(index=0, role="feed") "full"
  %1: f32[4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3] = param(index=1, role="feed") "nearly"
  %2: f32 = sum(%0, axes=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
  %3: f32[2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3] = transpose(%1, perm=[1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  %4: f32[8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3] = reshape(%3)
  %5: f32[8, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3] = broadcast(%4, axes=[0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15])
  %6: f32[5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3] = sum(%5, axes=[0])
  %7: f32[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3] = max_over(%4, axes=[0])
  return %2 "all", %6 "merged", %7 "top"
}
# ---
nothing is wrong: 2 graphs and the compiled code agree, on arguments drawn with seed 1
