# args: opt {} --passes=simplify
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32 = param(index=0, role="step") "step"
  %1: f32[2] = param(index=1, role="state") "v"
  %2: f32[2] = param(index=2, role="weigth") "w"
  return %1 "total"
}
# ---
graph.ir:4:3: error[E0502]: param: there is no role 'weigth' of a parameter
  4 |   %2: f32[2] = param(index=2, role="weigth") "w"
    |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
