# args: run {} Test.checks --seed 6
# exit: 0
# End tokens inside a prompt, and whatever stands behind a response, do not move the place where a score is read; a token of
# the response does. Log-probabilities and token rewards look no further either.
import rewards

const V       = 12
const B       = 6
const P       = 5
const T       = 4
const END     = 2
const RESPOND = 5

layer Test(D = 8) {
  scalar: ScalarReward(V, D, 1, 2)
  rm:     Decoder(V, D, 1, 2)

  fn checks() -> (bool, bool, bool, bool, bool) {
    # end tokens at the first, a middle and the last place of the prompts
    x[b, p] = index(where(p == b % P, END, 6 + i32(randint(6))), V) with b in B, p in P
    xm[b, p] = true with b in B, p in P
    n[b] = i32(b) % T with b in B
    y[b, t] = index(where(i32(t) == n[b], END, 6 + i32(randint(6))), V) with b in B, t in T
    ym = real_tokens(y, END)
    other[b, t] = index(where(ym[b, t], i32(y[b, t]), i32(randint(V))), V) with b in B, t in T
    s = scalar(x, xm, y, ym)
    # read by hand: the state of prompt and response at place P + n
    h = scalar.trunk.hidden(concat(x, y), concat(xm, ym))
    by_hand[b] = sum[d](h[b, index(P + n[b], P + T), d] * scalar.W[d])
    # another last token, another score
    z[b, t] = index(where(i32(t) == n[b], 6, i32(y[b, t])), V) with b in B, t in T
    lp = where(ym, response_logp(rm, x, xm, y, ym) - response_logp(rm, x, xm, other, ym), 0)
    r = seq2seq_reward(rm, x, xm, y, ym, RESPOND, END) - seq2seq_reward(rm, x, xm, other, ym, RESPOND, END)
    (max(abs(s - by_hand)) < 1e-6, max(abs(s - scalar(x, xm, other, ym))) < 1e-6,
     all(abs(s - scalar(x, xm, z, ym)) > 1e-4), max(abs(lp)) < 1e-5, all(r == 0))
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
