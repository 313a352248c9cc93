# args: opt {} total --validate-each --passes=inline
# exit: 0
fn total(x: f32[B, N - 100]) -> f32 { sum(x * x) }
# ---
graph &0 "total" {
  %0: f32[B, N - 100] = param(index=0) "x"
  %1: f32[B, N - 100] = mul(%0, %0)
  %2: f32 = sum(%1, axes=[0, 1])
  return %2
}
W0609_not_validated.ordo:1:10: warning[W0609]: the passes over 'total' are not validated: no arguments for parameter 'x': a size is negative
  1 | fn total(x: f32[B, N - 100]) -> f32 { sum(x * x) }
    |          ^^^^^^^^^^^^^^^^^^

