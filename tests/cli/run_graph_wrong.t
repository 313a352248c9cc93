# args: run {} "[0]"
# exit: 1
# file: g.txt
graph &0 "wrong" {
  %0: f32[N] = param(index=0) "x"
  %1: f32[M] = exp(%0)
  return %1
}
# ---
g.txt:3:3: error[E0502]: exp: expected the result type f32[N], got f32[M]
  3 |   %1: f32[M] = exp(%0)
    |   ^^^^^^^^^^^^^^^^^^^^

1 error
