# args: run --digits 5 --seed 1 {} Ends.ends
# exit: 0
# Pointers at the ends of their arguments: one element, no glimpse, no step, no target, nothing there: the scores are -inf, and what is computed
# from the other rows has no NaN, its derivatives neither.
import pointer

layer Ends() {
  added: Pointer(2)
  plain: Pointer(2, glimpses = 0)
  write: PointerWriter(2, once = true)
  fn scores(m: f32[B, N, 2], mask: bool[B, N], q: f32[B, 2]) -> (bool[B], bool, bool) {
    (k, g) = added.keys(m)
    s = added.masked_scores(k, g, mask, q)
    (k', g') = plain.keys(m)
    s' = plain.masked_scores(k', g', mask, q)
    total = sum(where(mask, s, 0)) + sum(where(mask, s', 0))
    (d, e) = (grad(total, m), grad(total, q))
    nowhere[b] = all[n](s[b, n] == -inf)
    (nowhere, all(abs(d) < inf), all(abs(e) < inf))
  }
  fn ends() {
    m[b, n, d] = f32(b + n + d) with b in 2, n in 3, d in 2
    mask[b, n] = b == 0 with b in 2, n in 3
    q[b, d] = f32(d) with b in 2, d in 2
    one[b, n] = b == 0 with b in 1, n in 1
    m1 = m[:1, :1, :]
    y[b, t] = index(0, 1) with b in 1, t in 2
    lp = write.logp(as_set(m1), as_set(m1), as_set(one), q[:1, :], q[:1, :], y)
    both = m[:, :2, :]
    first[b, n] = b == 0 with b in 2, n in 2
    t[b, i] = index(i, 2) with b in 2, i in 2
    lq = write.logp(as_set(both), as_set(both), as_set(first), q, q, t)
    d = grad(sum(where(first, lq, 0)), q)
    z[b, i] = index(0, 2) with b in 2, i in 0
    lz = write.logp(as_set(both), as_set(both), as_set(first), q, q, z)
    none = write.greedy(as_set(m1), as_set(m1), as_set(one), q[:1, :], q[:1, :], 0)
    (scores(m, mask, q), lp, sum(i32(none)), lq[0, :] < 0, lq[1, :], all(abs(d) < inf), sum(lz))
  }
}
# ---
result1 = [false, true]
result2 = true
result3 = true
lp = 
[[0, 0]]
result5 = 0
result6 = [true, false]
result7 = [-inf, -inf]
result8 = true
result9 = 0
