# args: opt {} --passes=fuse
# exit: 1
# file: graph.ir
graph &0 "f" {
  %0: f32[N, -3] = param(index=0) "x"
  return %0
}
# ---
graph.ir:2:10: error[E0500]: the text of the graph cannot be read here
  2 |   %0: f32[N, -3] = param(index=0) "x"
    |          ^
    = expected  extents of at least 0
    = got       '['

1 error
