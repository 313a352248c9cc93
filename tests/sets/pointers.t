# args: run {} Pointers.checks --seed 4
# exit: 0
# Read-Process-Write on sets of 2 to 6 pairs of numbers, all three kinds of glimpse:
#   1  the places that are pointed at move along when the elements are shuffled, and their probabilities stay
#   2  longer padding of other numbers changes nothing, and nothing points at padding
#   3  without process steps the code is the same for all sets: zeros; with a step it is not
#   4  the first attention of Process asks the same of all sets: q after one step is the same, q after two steps is not
#   5  once = true points at each element once
#   6  the probabilities of the places sum to 1 at each step
import rpw

const B = 5
const N = 6
const M = 2  # more padding
const H = 8

layer Pointers {
  added:     ReadProcessWrite(2, H, 2)
  replaced:  ReadProcessWrite(2, H, 1, how = "replace")
  projected: ReadProcessWrite(2, H, 1, glimpses = 2, how = "project")
  once:      ReadProcessWrite(2, H, 1, once = true)
  none:      Process(H, 0)
  one:       Process(H, 1)
  two:       Process(H, 2)

  fn moves(net: layer, x: f32[B, N, 2], mask: bool[B, N], x': f32[B, N, 2], mask': bool[B, N], p: <N>[B, N]) -> bool {
    y = net.greedy(as_set(x), as_set(mask), N)
    y' = net.greedy(as_set(x'), as_set(mask'), N)
    back[b, t] = p[b, y'[b, t]]
    l = net.logp(as_set(x), as_set(mask), y)
    l' = net.logp(as_set(x'), as_set(mask'), y')
    all(back == y) and max(abs(l' - l)) < 1e-4
  }

  fn padded(net: layer, x: f32[B, N, 2], mask: bool[B, N], xl: f32[B, N + M, 2], ml: bool[B, N + M]) -> bool {
    y = net.greedy(as_set(x), as_set(mask), N)
    yl = net.greedy(as_set(xl), as_set(ml), N)
    there[b, t] = mask[b, y[b, t]]
    l = net.logp(as_set(x), as_set(mask), y)
    ll = net.logp(as_set(xl), as_set(ml), yl)
    same[b, t] = i32(y[b, t]) == i32(yl[b, t])
    all(same) and all(there) and max(abs(ll - l)) < 1e-4
  }

  # The sum over the places at step t of p(place at t | the first t places of y).
  fn totals(x: f32[B, N, 2], mask: bool[B, N], y: <N>[B, N], t: size) -> f32[B] {
    scan n in N, s = zeros(B) {
      y'[b, i] = where(i32(i) == t, i32(n), i32(y[b, i]))
      l = added.logp(x, mask, index(y', N))
      s = s + exp(l[:, t])
    }
    s
  }

  fn checks() -> (bool, bool, bool, bool, bool, bool) {
    x = normal(0, 1, [B, N, 2])
    mask[b, n] = i32(n) <= i32(b) + 1 with b in B, n in N
    key = normal(0, 1, [B, N])
    p[b, n] = argsort[n](key[b, n])
    x'[b, n, d] = x[b, p[b, n], d]
    mask'[b, n] = mask[b, p[b, n]]
    fill = normal(0, 100, [B, M, 2])
    never[b, n] = false with b in B, n in M
    xl = concat[axis = 1](x, fill)
    ml = concat(mask, never)

    m = added.read(x)
    (q0, r0) = none(m, mask)
    (q1, r1) = one(m, mask)
    (q2, r2) = two(m, mask)
    q_moved[b] = max[d](abs(q2[b, d] - q2[0, d]))
    later = q_moved[1:B]
    q_same[b, d] = abs(q1[b, d] - q1[0, d])
    r_moved[b] = max[d](abs(r1[b, d] - r1[0, d]))
    second = r_moved[1:B]
    y = once.greedy(x, mask, N)
    uses[b, n] = sum[t](where(i32(t) <= i32(b) + 1, f32(y[b, t] == n), 0)) with n in N, t in N
    first = y[:, 0]
    t0 = totals(x, mask, y, 0)
    t3 = totals(x, mask, y, 3)
    (moves(added, x, mask, x', mask', p) and moves(replaced, x, mask, x', mask', p) and moves(projected, x, mask, x', mask', p) and moves(once, x, mask, x', mask', p),
     padded(added, x, mask, xl, ml) and padded(replaced, x, mask, xl, ml) and padded(projected, x, mask, xl, ml) and padded(once, x, mask, xl, ml),
     max(abs(q0)) == 0 and max(abs(r0)) == 0 and min(second) > 1e-3, max(q_same) == 0 and min(later) > 1e-4,
     all(uses == f32(mask)), max(abs(t0 - 1)) < 1e-5 and max(abs(t3 - 1)) < 1e-5)
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
