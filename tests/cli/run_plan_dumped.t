# args: run {} main "[[3, 1], [2, 5]]" --dump-after=plan
# exit: 0
fn main(x: f32[B, N]) -> f32[B] {
  running[b, n] = cumsum[n](x[b, n])
  y[b] = max[n](running[b, n])
  y
}
# ---
# after 16: plan
instructions
   0 cumsum b0 -> b2
   1 kernel b2 -> b1
buffers
  b0 param 0 : f32[B, N] "x"
  b1 result 0 : f32[B]
  b2 arena : f32[B, N] [0, 1] "running"

[4, 7]
