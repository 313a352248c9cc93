# args: run {} Encoders.checks --seed 3
# exit: 0
# Every encoder of sets.ordo, on sets of 1 to 7 elements with weights drawn at random: shuffled elements give the same
# code (or move along: equivariant), and longer padding of other numbers changes nothing. None of the codes is constant.
import sets

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

  fn checks() -> (bool, bool, bool, bool, bool) {
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
     min(spread) > 0)
  }
}
# ---
result1 = true
result2 = true
result3 = true
result4 = true
result5 = true
