# args: run {} Orders.checks --seed 5
# exit: 0
# The identities of the order samplers, on 3 symbols out of 5 and a random LSTM:
#   1  all_orders(4, 24) are 24 different permutations in lexicographic order
#   2  the probabilities of ancestral sampling sum to 1 over all orders
#   3  drawn orders come as often as they say: ancestral, and from candidates (20,000 draws, within 0.015)
#   4  with warm every order comes equally often
#   5  where the model gives no weight to what is not left, both laws are one
#   6  a set stored in another order has the same probabilities, and the same likelihood
#   7  the best order is not worse than any, the whole set is likelier than its best order, greedy finds the best
import linear
import rnn
import orders

const V = 5
const N = 3
const H = 6
const K = 20000  # draws

layer Writer(V, H) {
  embed: Embedding(V, H, 1)
  cell:  LSTM(H, H)
  out:   f32[H, V] ~ normal(2)
  fn scores(s: f32[B, 2*H], context: f32[B, C]) -> f32[B, V] { s[:, 0:H] @ out }
  fn write(s: f32[B, 2*H], context: f32[B, C], y: <V>[B]) -> f32[B, 2*H] {
    (h, c) = split(s, 2)
    (h, c) = cell(embed(y), h, c)
    concat(h, c)
  }
}

# Writes symbols 0, 1, 2 and none twice; its state marks what it has written.
layer Once(V) {
  e: f32[V, V] ~ normal(1)
  fn scores(s: f32[B, V], context: f32[B, C]) -> f32[B, V] {
    r[b, v] = where(s[b, v] > 0.5 or v >= 3, -1e9, sum[u](s[b, u] * e[u, v]) + e[0, v])
    r
  }
  fn write(s: f32[B, V], context: f32[B, C], y: <V>[B]) -> f32[B, V] {
    r[b, v] = where(v == y[b], 1, s[b, v])
    r
  }
}

fn repeated(y: <V>[N], k: size) -> <V>[k, N] {
  r[b, n] = y[n] with b in k
  r
}

# How often each of the candidates is among the orders.
fn shares(order: <N>[B, N], candidates: <N>[F, N]) -> f32[F] {
  same[b, f] = all[t](order[b, t] == candidates[f, t])
  share[f] = mean[b](f32(same[b, f]))
  share
}

layer Orders {
  net:  Writer(V, H)
  once: Once(V)

  fn lexicographic() -> bool {
    o = all_orders(4, 24)
    code[f] = i32(o[f, 0]) * 64 + i32(o[f, 1]) * 16 + i32(o[f, 2]) * 4 + i32(o[f, 3])
    used[f, k] = any[t](o[f, t] == k) with k in 4
    later = code[1:24]
    before = code[0:23]
    all(later > before) and all(used)
  }

  fn checks() -> (bool, bool, bool, bool, bool, bool, bool) {
    every = all_orders(3, 6)
    y[n] = index(2 * i32(n), V) with n in N                    # symbols 0, 2, 4
    s[b, i] = normal(0, 1) with b in 1, i in 2*H
    s6[b, i] = s[0, i] with b in 6
    sk[b, i] = s[0, i] with b in K
    none = zeros(1, 1)
    y6 = repeated(y, 6)
    yk = repeated(y, K)
    q = exp(ancestral_logp(net, s6, zeros(6, 1), y6, every))
    lp = candidate_logp(net, s, none, repeated(y, 1), every)[0, :]
    p[f] = softmax[f](lp[f])

    drawn = shares(ancestral_order(net, sk, zeros(K, 1), yk, false), every)
    lpk[b, f] = lp[f] with b in K
    chosen = shares(candidate_order(lpk, every, false), every)
    warm1 = shares(ancestral_order(net, sk, zeros(K, 1), yk, true), every)
    warm2 = shares(candidate_order(lpk, every, true), every)

    first[n] = index(i32(n), V) with n in N                    # symbols 0, 1, 2
    a = ancestral_logp(once, zeros(6, V), zeros(6, 1), repeated(first, 6), every)
    b = candidate_logp(once, zeros(1, V), none, repeated(first, 1), every)[0, :]

    turned[n] = y[every[3, n]] with n in N                     # stored as y_1, y_2, y_0
    back[f, t] = argmax[n](i32(every[3, n] == every[f, t]))
    q' = exp(ancestral_logp(net, s6, zeros(6, 1), repeated(turned, 6), back))
    whole = set_logp(net, s, none, repeated(y, 1), every)[0]
    whole' = set_logp(net, s, none, repeated(turned, 1), every)[0]

    best = best_order_loss(net, s, none, repeated(y, 1), every)
    greedy = candidate_order(lpk[0:1, :], every, false, greedy = true)
    found = -mean(order_logp(net, s, none, repeated(y, 1), greedy)) / N
    drawn_loss = drawn_order_loss(net, s, none, repeated(y, 1), every, false)
    (lexicographic(), abs(sum(q) - 1) < 1e-5,
     max(abs(drawn - q)) < 0.015 and max(abs(chosen - p)) < 0.015 and max(abs(q - p)) > 0.02,
     max(abs(warm1 - 1 / 6)) < 0.015 and max(abs(warm2 - 1 / 6)) < 0.015,
     max(abs(a - b)) < 1e-4, max(abs(q' - q)) < 1e-5 and abs(whole - whole') < 1e-4,
     abs(found - best) < 1e-5 and drawn_loss >= best - 1e-5 and whole / N >= -best - 1e-5)
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
result7 = true
