# args: opt {} --passes=simplify
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[N] = param(index=0, role="step") "step"
  return %0 "total"
}
# ---
graph.ir:2:3: error[E0502]: param: a step is one f32, got f32[N]
  2 |   %0: f32[N] = param(index=0, role="step") "step"
    |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
