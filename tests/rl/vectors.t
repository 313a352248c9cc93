# args: run {} vectors y="[[6,7,8,2,0],[6,7,8,9,2],[6,7,8,9,2],[6,7,8,9,2],[6,2,0,0,0],[6,7,0,0,0]]" a="[[6,7,8,2,3],[6,7,5,9,2],[5,7,8,9,2],[6,7,2,5,2],[6,7,1,1,1],[6,7,2,1,1]]"
# exit: 0
# The test vectors of reward extraction: tokens a b c d are 6 7 8 9, another one is 5, the end token is 2. The last
# response is cut off after two tokens.
import rewards

fn vectors(y: <12>[6, 5], a: <12>[6, 5]) -> (f32[6, 5], f32[6, 5], f32[6], f32[6], f32[6], f32[6, 5], f32[6, 5], f32[6, 5], f32[6, 5]) {
  real = real_tokens(y, 2)
  cut[b, t] = t < 2 with b in 6, t in 5
  ym[b, t] = where(b == 5, cut[b, t], real[b, t])
  one = ones(6)
  rewards = agreement_rewards(y, a, ym, one)
  with_end = rewards + missing_end(y, ym, 2, penalty = 1)
  share = agreed_share(y, a, ym)
  full = fully_agreed(y, a, ym)
  score = response_mean(rewards, ym)
  positive = agreement_rewards(y, a, ym, one, beta = 0)
  negative = agreement_rewards(y, a, ym, one, alpha = 0)
  again = agreement_rewards(y, a, ym, one, again = 1)
  per_response = agreement_rewards(y, a, ym, lengths(ym), alpha = 3)
  (rewards, with_end, share, full, score, positive, negative, again, per_response)
}
# ---
rewards = 
[[1, 1, 1, 1, 0],
 [1, 1, -1, 0, 0],
 [-1, 0, 0, 0, 0],
 [1, 1, -1, -1, 0],
 [1, -1, 0, 0, 0],
 [1, 1, 0, 0, 0]]
with_end = 
[[1, 1, 1, 1, 0],
 [1, 1, -1, 0, 0],
 [-1, 0, 0, 0, 0],
 [1, 1, -1, -1, 0],
 [1, -1, 0, 0, 0],
 [1, 0, 0, 0, 0]]
share = [1, 0.4, 0, 0.4, 0.5, 1]
full = [1, 0, 0, 0, 0, 1]
score = [1, 0.2, -0.2, 0, 0, 1]
positive = 
[[1, 1, 1, 1, 0],
 [1, 1, -0, 0, 0],
 [-0, 0, 0, 0, 0],
 [1, 1, -0, -0, 0],
 [1, -0, 0, 0, 0],
 [1, 1, 0, 0, 0]]
negative = 
[[0, 0, 0, 0, 0],
 [0, 0, -1, 0, 0],
 [-1, 0, 0, 0, 0],
 [0, 0, -1, -1, 0],
 [0, -1, 0, 0, 0],
 [0, 0, 0, 0, 0]]
again = 
[[1, 1, 1, 1, 0],
 [1, 1, -1, 1, 1],
 [-1, 1, 1, 1, 1],
 [1, 1, -1, -1, 1],
 [1, -1, 0, 0, 0],
 [1, 1, 0, 0, 0]]
per_response = 
[[0.75, 0.75, 0.75, 0.75, 0],
 [0.6, 0.6, -1, 0, 0],
 [-1, 0, 0, 0, 0],
 [0.6, 0.6, -1, -1, 0],
 [1.5, -1, 0, 0, 0],
 [1.5, 1.5, 0, 0, 0]]
