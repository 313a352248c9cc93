# args: run {} checks --seed 2
# exit: 0
# Chamfer and Hungarian losses of 50 pairs of sets of 1 to 5 points:
#   1  Hungarian is the least over all permutations
#   2  Chamfer is at most twice Hungarian, and not negative
#   3  both are 0 on a shuffled copy
#   4  {a, a, b} and {a, b, b}: Chamfer cannot tell them apart, Hungarian can
#   5  shuffles of either set and longer padding of other numbers change neither
#   6  the derivative goes through the costs of the matched pairs: 2 (x - y matched)
#   7  an element that is left over pays 'alone'
import matching
import orders

const B = 50
const N = 5
const M = 3  # more padding
const D = 2

# What is left over pays 1 each; equal sizes never pay.
fn both(x: f32[B, {N}, D], y: f32[B, {N}, D], mask: mask[B, {N}]) -> (f32[B], f32[B]) {
  c = squared_costs(x, y)
  (chamfer(c, mask, mask), hungarian(c, mask, mask))
}

fn shuffled(x: f32[B, N, D], mask: bool[B, N]) -> (f32[B, N, D], bool[B, N]) {
  key = normal(0, 1, [B, N])
  p[b, n] = argsort[n](key[b, n])
  x'[b, n, d] = x[b, p[b, n], d]
  m'[b, n] = mask[b, p[b, n]]
  (x', m')
}

fn checks() -> (bool, bool, bool, bool, bool, bool, bool) {
  x = normal(0, 1, [B, N, D])
  y = normal(0, 1, [B, N, D])
  mask[b, n] = i32(n) <= i32(b) % N with b in B, n in N
  (c, h) = both(x, y, mask)

  # by trying: 120 orders; padding is matched with padding
  p = padded_costs(squared_costs(x, y), mask, mask, inf)
  every = all_orders(5, 120)
  sums[b, f] = sum[n](p[b, n, every[f, n]])
  least[b] = min[f](sums[b, f])

  (xs, ms) = shuffled(x, mask)
  cost = squared_costs(x, xs)
  (c0, h0) = (chamfer(cost, mask, ms), hungarian(cost, mask, ms))

  a[b, n, d] = where(n <= 1, 0, 1) with b in 1, n in 3, d in 1
  b[b, n, d] = where(n <= 0, 0, 1) with b in 1, n in 3, d in 1
  full[b, n] = true with b in 1, n in 3
  ab = squared_costs(a, b)

  (ys, my) = shuffled(y, mask)
  moved = squared_costs(xs, ys)
  fill = normal(0, 100, [B, M, D])
  fill' = normal(0, 100, [B, M, D])
  none[b, n] = false with b in B, n in M
  (cl, hl) = both(concat[axis = 1](x, fill), concat[axis = 1](y, fill'), concat(mask, none))

  total = sum(h)
  g = grad(total, x)
  to = match(squared_costs(x, y), mask, mask)
  wanted[b, n, d] = where(mask[b, n], 2 * (x[b, n, d] - y[b, to[b, n], d]), 0)

  fewer[b, n] = n < 2 with b in 1, n in 3
  (max(abs(h - least)) < 1e-5, all(c <= 2 * h + 1e-5) and all(c >= 0), max(c0) < 1e-6 and max(h0) < 1e-6,
   chamfer(ab, full, full)[0] == 0 and hungarian(ab, full, full)[0] == 1,
   max(abs(chamfer(moved, ms, my) - c)) < 1e-4 and max(abs(hungarian(moved, ms, my) - h)) < 1e-4 and max(abs(cl - c)) < 1e-4 and max(abs(hl - h)) < 1e-4,
   max(abs(g - wanted)) < 1e-4, hungarian(ab, full, fewer, alone = 0.25)[0] == 0.25)
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
result7 = true
