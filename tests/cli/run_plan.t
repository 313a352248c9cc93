# args: run {} main "[[3, 1], [2, 5]]" --stop-after=plan -O1
# exit: 0
# The plan is a stage like a pass: the instructions over buffers, in the order that they run.
fn main(x: f32[B, N]) -> (f32[B, N], f32[B]) {
  s[b, n] = sort[n](exp(x[b, n]))
  total[b] = sum[n](s[b, n] * x[b, n])
  (s, total)
}
# ---
instructions
   0 kernel b0 -> b3
   1 sort b3 -> b1
   2 kernel b0 b1 -> b2
buffers
  b0 param 0 : f32[B, N] "x"
  b1 result 0 : f32[B, N] "s"
  b2 result 1 : f32[B]
  b3 arena : f32[B, N] [0, 1]
