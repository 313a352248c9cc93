# args: run {} f --portable-bits=mmx x=[1,2]
# exit: 2
fn f(x: f32[B]) -> f32[B] { exp(x) }
# ---
error[E0003]: '--portable-bits' takes avx512, avx2 or sse2, as far as this processor has them; got 'mmx'

1 error
