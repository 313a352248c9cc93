# args: run {} total "[[1, 2]]" --passes inline,plan
# exit: 1
fn total(x: f32[B, N]) -> f32 { sum(x * x) }
# ---
E0700_compile_failed.ordo:1:37: error[E0700]: 'total' cannot be compiled: op 'mul' is no instruction; the pass 'fuse' has to run before 'plan'
  1 | fn total(x: f32[B, N]) -> f32 { sum(x * x) }
    |                                     ^^^^^

1 error
