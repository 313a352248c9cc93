# args: check
# exit: 1
fn f(x: f32[B]) { s[b] = sum[n](x[b]); s }
# ---
E0226_unused_index.ordo:1:30: error[E0226]: the index 'n' does not occur in the operand
  1 | fn f(x: f32[B]) { s[b] = sum[n](x[b]); s }
    |                              ^

1 error
