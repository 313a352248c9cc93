# args: run {} Check.checks --seed 7
# exit: 0
# models/stars.ordo on 3 variables of 4 symbols, over all 64 outcomes:
#   1  the exact probabilities sum to 1, and so do those of the model
#   2  their entropy is the closed form
#   3  the model's negative log-likelihood is not below the entropy
#   4  samples come as often as they should (20,000, within 0.015)
import stars

const S = 20000
const VARS = 3
const SYMBOLS = 4

layer Check {
  star: Star(VARS, SYMBOLS, 10, 2)
  net:  Chain(VARS, SYMBOLS, 8)

  fn checks() -> (bool, bool, bool, bool) {
    x[f, i] = index(i32(f) / i32(where(i32(i) == 0, 16, where(i32(i) == 1, 4, 1))) % 4, SYMBOLS) with f in 64, i in 3
    lp = star.logp(x)
    p = exp(lp)
    entropy = -sum(p * lp)
    model = net.logp(x)
    cross = -sum(p * model)
    u = uniform(0, 1, [S, VARS])
    drawn = star.sample(u)
    same[s, f] = all[i](drawn[s, i] == x[f, i])
    share[f] = mean[s](f32(same[s, f]))
    (abs(sum(p) - 1) < 1e-5 and abs(sum(exp(model)) - 1) < 1e-5, abs(entropy - star.entropy()) < 1e-5, cross >= entropy,
     max(abs(share - p)) < 0.015)
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
