# args: prove {} f --causal=S
# exit: 2
fn f(x: f32[B, T]) -> f32[B] { sum[t](x[:, t]) }
# ---
error[E0003]: no argument of 'f' has an axis 'S'; an axis of one is x.1

1 error
