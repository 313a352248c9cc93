# args: run {} Encoders.checks --seed 3
# exit: 0
# Every encoder of sets.ordo, on sets of 1 to 7 elements with weights drawn at random: shuffled elements give the same
# code (or move along: equivariant), and longer padding of other numbers changes nothing. None of the codes is constant.
# Last: derivatives of all codes and of the pointers along a random direction, against central differences.
import sets
import rpw

const B = 7
const N = 7
const M = 3  # more padding
const D = 4
const H = 8

layer Encoders {
  by_sum:  DeepSets(D, H, H, by = "sum")
  by_mean: DeepSets(D, H, H, by = "mean")
  by_max:  DeepSets(D, H, H, by = "max")
  moved: Equivariant(D, H)
  s2s:   Set2Set(D, 3)
  sab:   SAB(D, H, 2)
  sab2:  SAB(H, H, 2, norm = true)
  isab:  ISAB(D, H, 4, 3)
  pma:   PMA(H, 2, 3)
  smooth: Set2Set(D, 3)
  rpw:   ReadProcessWrite(D, H, 2)

  # All codes that must not depend on the order, one after another.
  fn codes(x: f32[B, {N}, D], mask: bool[B, {N}]) -> f32[B, 3*H + 2*D + 3*H] {
    z = sab2(sab(x, mask), mask) + isab(x, mask)
    p = pma(z, mask)
    concat(by_sum(x, mask), by_mean(x, mask), by_max(x, mask), s2s(x, mask), reshape(p, [B, 3*H]))
  }

  # All that must move along.
  fn elements(x: f32[B, {N}, D], mask: bool[B, {N}]) -> f32[B, {N}, 3*H] {
    concat(moved(x, mask), sab(x, mask), isab(x, mask))
  }

  # Codes of attention and the pointers as one number; relu bends rarely enough on this short way.
  fn value(x: f32[B, {N}, D], mask: bool[B, {N}]) -> f32 {
    z = smooth(x, mask)
    (h, c) = rpw.code(rpw.read(x), mask)
    y[b, t] = index(0, N) with b in B, t in 2
    p = pma(sab2(sab(x, mask), mask), mask)
    sum(sin(z)) + sum(h * c) + sum(rpw.logp(x, mask, y)) + 0.1 * sum(sin(p))
  }

  fn derivative_is_right(x: f32[B, {N}, D], mask: bool[B, {N}]) -> bool {
    v = value(x, mask)
    g = grad(v, x)
    d = normal(0, 1, [B, N, D])
    by_g = sum(g * d)
    by_differences = (value(x + 1e-2 * d, mask) - value(x - 1e-2 * d, mask)) / 2e-2
    abs(by_g - by_differences) < 1e-2 * (1 + abs(by_g)) and abs(by_g) > 0.1
  }

  fn checks() -> (bool, bool, bool, bool, bool, bool) {
    x = normal(0, 1, [B, N, D])
    mask[b, n] = n <= b with b in B, n in N
    key = normal(0, 1, [B, N])
    p[b, n] = argsort[n](key[b, n])
    xp[b, n, d] = x[b, p[b, n], d]
    mp[b, n] = mask[b, p[b, n]]
    none[b, n] = false with b in B, n in M
    fill = normal(0, 100, [B, M, D])
    xl = concat[axis = 1](x, fill)
    ml = concat(mask, none)
    c = codes(x, mask)
    e = elements(x, mask)
    ep = elements(xp, mp)
    along[b, n, d] = where(mp[b, n], abs(ep[b, n, d] - e[b, p[b, n], d]), 0)
    el = elements(xl, ml)[:, 0:N, :]
    same[b, n, d] = where(mask[b, n], abs(el[b, n, d] - e[b, n, d]), 0)
    spread[d] = max[b](c[b, d]) - min[b](c[b, d])
    (max(abs(codes(xp, mp) - c)) < 1e-4, max(along) < 1e-4, max(abs(codes(xl, ml) - c)) < 1e-4, max(same) < 1e-4,
     min(spread) > 0, derivative_is_right(x, mask))
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
result6 = true
