# args: run --digits 5 {} Table.ends
# exit: 0
# Losses over orders at the ends of their arguments: symbols that cannot be written (rows with all of them, with one), one symbol,
# one candidate, no symbols. What is drawn is an order in any case; where none can be, all are equally likely: log 1/6.
import orders

layer Table(V = 4) {
  bias: f32[V] ~ zeros
  fn scores(s: f32[B, V], context: f32[B, C]) -> f32[B, V] { s + bias }
  fn write(s: f32[B, V], context: f32[B, C], y: <V>[B]) -> f32[B, V] { s }

  fn is_order(o: <N>[B, N]) -> bool {
    there[b, n] = any[t](i32(o[b, t]) == i32(n)) with n in N
    all(there)
  }

  fn three(s: f32[B, V]) {
    none = zeros(B, 1)
    y[b, n] = index(n, V) with b in B, n in 3
    o[b, n] = index(2 - i32(n), 3) with b in B, n in 3
    every = all_orders(3, 6)
    lp = candidate_logp(self, s, none, y, every)
    cold = ancestral_order(self, s, none, y, false, greedy = true)
    (cold, is_order(ancestral_order(self, s, none, y, false)), is_order(ancestral_order(self, s, none, y, true)),
     ancestral_logp(self, s, none, y, o), order_logp(self, s, none, y, o), is_order(candidate_order(lp, every, false)),
     candidate_order(lp, every, true, greedy = true), set_logp(self, s, none, y, every))
  }

  fn one(s: f32[B, V]) {
    none = zeros(B, 1)
    y[b, n] = index(n, V) with b in B, n in 1
    only = all_orders(1, 1)
    o = ancestral_order(self, s, none, y, false)
    (o, ancestral_logp(self, s, none, y, o), best_order_loss(self, s, none, y, only), drawn_order_loss(self, s, none, y, only, true))
  }

  fn nothing(s: f32[B, V]) {
    none = zeros(B, 1)
    y[b, n] = index(n, V) with b in B, n in 0
    only = all_orders(0, 1)
    (order_logp(self, s, none, y, y2(only, s)), set_logp(self, s, none, y, only))
  }
  fn y2(only: <N>[F, N], s: f32[B, V]) -> <N>[B, N] {
    o[b, n] = only[0, n] with b in B
    o
  }

  fn ends() {
    s[b, v] = where(b == 0, where(v < 3, -inf, 0), where(b == 1 and v == 1, -inf, f32(v))) with b in 3, v in 4
    (three(s), one(s[2:, :]), nothing(s))
  }
}
# ---
result1 = 
[[0, 1, 2],
 [2, 0, 1],
 [2, 1, 0]]
result2 = true
result3 = true
result4 = [-1.7918, -inf, -0.72087]
result5 = [-inf, -inf, -7.3206]
result6 = true
result7 = 
[[0, 1, 2],
 [0, 1, 2],
 [0, 1, 2]]
result8 = [-inf, -inf, -5.5288]
result9 = 
[[0]]
result10 = [0]
result11 = 3.4402
result12 = 3.4402
result13 = [0, 0, 0]
result14 = [0, 0, 0]
