# args: run {} Tests.main --seed 3 --json
# exit: 0
# Models that fill places in any order, on rows of three tokens: in every order the probabilities of all rows sum to 1; both losses have the mean
# that listing the orders gives; a drawn order has the probability that it says, and the row in it that of any_order_logp; rows that are written
# follow the mean over the orders; padding changes nothing.
import any_order
import linear

const V = 4  # three tokens and the hole
const T = 3

layer Choose {
  of: f32[V, T] ~ normal(1)
  fn (x: <V>[B, T], there: mask[B, T]) -> f32[B, T] {
    s[b, t] = of[x[b, t], t]
    s
  }
}

layer Tests {
  net:    Filler(V, 8, 1, 2, 8)
  choose: Choose()

  # Row r of the 27, and order o of the 6.
  fn all_rows() -> <V>[27, T] {
    x[r, t] = index(i32(r) / (where(t == 0, i32(1), where(t == 1, i32(3), i32(9)))) % 3, V) with r in 27, t in T
    x
  }
  fn orders() -> <T>[6, T] {
    o[i, t] = index(where(t == 0, i32(i) / 2, where(t == 1, (i32(i) / 2 + 1 + i32(i) % 2) % 3, (i32(i) / 2 + 2 - i32(i) % 2) % 3)), T) with i in 6, t in T
    o
  }
  fn real(B: size) -> bool[B, T] {
    m[b, t] = true with b in B, t in T
    m
  }
  # f32[27, 6]: log p of each row in each order.
  fn table() -> f32[27, 6] {
    x = all_rows()
    o = orders()
    scan i in 6 {
      w[r, t] = o[i, t] with r in 27
      lp[:, i] = any_order_logp(net, x, real(27), w, V - 1)
    }
    lp
  }
  # log p of an order by the policy.
  fn chosen_logp(x: <V>[B, T], order: <T>[B, T]) -> f32[B] {
    scan i in T, gone = real(B), total = zeros(B) {
      s = choose(hidden_tokens(x, gone, V - 1), real(B))
      open[b, t] = where(gone[b, t], s[b, t], -1e30)
      lp[b, t] = log_softmax[t](open[b, t])
      next = order[:, i]
      total[b] = total[b] + lp[b, next[b]]
      gone[b, t] = gone[b, t] and t != next[b]
    }
    total
  }
  # The derivative of the learned bound by the policy, over many draws, is that of the sum over the orders.
  fn slopes() -> (f32, f32, bool) {
    row[b, t] = all_rows()[11, t] with b in 40000
    drawn = grad(learned_order_loss(net, choose, row, real(40000), V - 1), choose.of)
    one[i, t] = row[0, t] with i in 6
    bound = sum(exp(chosen_logp(one, orders())) * stop_gradient(any_order_logp(net, one, real(6), orders(), V - 1)))
    exact = grad(-bound / T, choose.of)
    (max(abs(drawn - exact)), max(abs(exact)), max(abs(drawn - exact)) < 0.1 * max(abs(exact)))
  }
  fn main() {
    lp = table()
    total[i] = sum[r](exp(lp[r, i]))
    sums = max(abs(total - 1)) < 1e-5
    differ = max(abs(lp[:, 0] - lp[:, 3])) > 1e-3
    # losses of one row, many times
    row[b, t] = all_rows()[11, t] with b in 40000
    wanted = -mean(lp[11, :]) / T
    a = any_order_loss(net, row, real(40000), V - 1)
    d = masked_diffusion_loss(net, row, real(40000), V - 1)
    # orders by the policy
    (p, chosen, order) = drawn_order(net, choose, row[:200, :], real(200), V - 1)
    same = max(abs(p - any_order_logp(net, row[:200, :], real(200), order, V - 1))) < 1e-5
    (p2, chosen2, order2) = drawn_order(net, choose, row, real(40000), V - 1)
    here[b] = i32(order2[b, 0]) == 1 and i32(order2[b, 1]) == 0
    often = mean(f32(here))
    says[b] = where(here[b], exp(chosen2[b]), 0)
    honest = abs(max(says) - often) < 0.01
    # rows that are written
    (y, how) = unmask(net, real(40000), V, V - 1)
    code[b] = i32(y[b, 0]) + 3 * i32(y[b, 1]) + 9 * i32(y[b, 2])
    count[r] = sum[b](f32(code[b] == r)) / 40000 with r in 27
    mix[r] = mean[i](exp(lp[r, i]))
    written = max(abs(count - mix)) < 0.01
    # padding
    x = all_rows()
    longer = concat(x, x[:, :2])
    there[b, t] = t < 3 with b in 27, t in 5
    order5[b, t] = where(t < 3, index(i32(orders()[2, index(i32(t), 3)]), 5), index(i32(t), 5)) with b in 27, t in 5
    pads = max(abs(any_order_logp(net, longer, there, order5, V - 1) - lp[:, 2])) < 1e-5
    (off, size, unbiased) = slopes()
    (sums, differ, unbiased, abs(a - wanted) < 0.02 * wanted, abs(d - wanted) < 0.02 * wanted, same, honest, written, pads, 0.02 < often and often < 0.9)
  }
}
# ---
{"sums": true,
 "differ": true,
 "unbiased": true,
 "result4": true,
 "result5": true,
 "same": true,
 "honest": true,
 "written": true,
 "pads": true,
 "result10": true}
