# args: run {} checks
# exit: 0
# Responses whose reward is no number, or infinite, are left out: their masks are empty, means and moments are those of
# the others. What stands at padding does not count. The third response is real to the end and fine.
import rl

const B = 4
const T = 3

fn checks() -> (bool[B], bool[B, T], f32, f32, (f32, f32, f32), (f32, f32, f32)) {
  ym[b, t] = t <= b with b in B, t in T
  r[b, t] = where(b == 0 and t == 0, nan, where(b == 1 and t == 1, inf, where(ym[b, t], f32(b) + 1, nan)))
      with b in B, t in T
  ok = is_scored(r, ym)
  m = keep_rows(ym, ok)
  sums = response_sum(r, m)
  none[b] = false with b in B
  (ok, m, mean_response(sums, m), mean_response(sums, keep_rows(ym, none)),
   running_moments(0, 0, 0, sums, ok), running_moments(2, 3, 4, sums, none))
}
# ---
ok = [false, false, true, true]
m = 
[[false, false, false],
 [false, false, false],
 [true, true, true],
 [true, true, true]]
result3 = 10.5
result4 = nan
result5 = 10.5
result6 = 2.25
result7 = 2
result8 = 2
result9 = 3
result10 = 4
