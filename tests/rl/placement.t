# args: run {} placement y="[[6,7,2,9,9],[6,2,9,9,9],[6,7,8,9,6],[2,2,2,2,2]]"
# exit: 0
# Where scores and penalties stand: responses of 3, 2, 5 (cut off) and 1 tokens.
import rl

fn placement(y: <12>[B, T]) -> (bool[B, T], f32[B, T], f32[B, T], f32[B], <T>[B], f32[B, T]) {
  ym = real_tokens(y, 2)
  score[b] = f32(b) + 10 with b in B
  total = at_last_token(score, ym) + missing_end(y, ym, 2, penalty = 0.5)
  k = ones(B, T)
  (ym, at_last_token(score, ym), missing_end(y, ym, 2, penalty = 0.5), response_sum(total, ym), last_place(ym),
   rewards_with_kl(at_last_token(score, ym), k, ym, coef = 0.25, clip = 11))
}
# ---
ym = 
[[true, true, true, false, false],
 [true, true, false, false, false],
 [true, true, true, true, true],
 [true, false, false, false, false]]
result2 = 
[[0, 0, 10, 0, 0],
 [0, 11, 0, 0, 0],
 [0, 0, 0, 0, 12],
 [13, 0, 0, 0, 0]]
result3 = 
[[0, 0, 0, 0, 0],
 [0, 0, 0, 0, 0],
 [0, 0, 0, 0, -0.5],
 [0, 0, 0, 0, 0]]
result4 = [10, 11, 11.5, 13]
result5 = [2, 1, 4, 0]
result6 = 
[[-0.25, -0.25, 9.75, 0, 0],
 [-0.25, 10.75, 0, 0, 0],
 [-0.25, -0.25, -0.25, -0.25, 10.75],
 [10.75, 0, 0, 0, 0]]
